/** Wiring of `billing`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { ConfiguredProviders } from './clients/configured-providers.client.ts'
import { MayarProvider } from './clients/mayar/mayar-provider.client.ts'
import { MockProvider } from './clients/mock/mock-provider.client.ts'
import { RazorpayProvider } from './clients/razorpay/razorpay-provider.client.ts'
import { PdfInvoicePrinter } from './clients/pdf/pdf-invoice-printer.client.ts'
import { ReportingLedger } from './clients/reporting-ledger.client.ts'
import { ReportingTotals } from './clients/reporting-totals.client.ts'
import { StripeProvider } from './clients/stripe/stripe-provider.client.ts'
import { billRulesOf, feeRulesOf, payoutRulesOf, type BillingConfig } from './config.ts'
import { BillFactory } from './domain/bills/bill-factory.ts'
import { FeeFactory } from './domain/fees/fee-factory.ts'
import { PayoutFactory } from './domain/books/payout-factory.ts'
import { Bills } from './ports/bills.port.ts'
import { Books } from './ports/books.port.ts'
import { Catalogue } from './ports/catalogue.port.ts'
import { CreditNotes } from './ports/credit-notes.port.ts'
import { Customers } from './ports/customers.port.ts'
import { Fees } from './ports/fees.port.ts'
import { InvoicePrinter } from './ports/invoice-printer.port.ts'
import { Listings } from './ports/listings.port.ts'
import { MockCheckouts } from './ports/mock-checkouts.port.ts'
import { Parties } from './ports/parties.port.ts'
import { PaymentProviders } from './ports/payment-provider.port.ts'
import { Payouts } from './ports/payouts.port.ts'
import { ProviderEvents } from './ports/provider-events.port.ts'
import { AccountTotals, Limits } from './ports/limits.port.ts'
import { Reminders } from './ports/reminders.port.ts'
import { SubscriptionChanges } from './ports/subscription-changes.port.ts'
import { TaxCalculator, TaxRates } from './ports/taxes.port.ts'
import { RealisedLedger } from './ports/realised-ledger.port.ts'
import { SqlBills } from './store/sql-bills.store.ts'
import { SqlBooks } from './store/sql-books.store.ts'
import { SqlCatalogue } from './store/sql-catalogue.store.ts'
import { SqlCreditNotes } from './store/sql-credit-notes.store.ts'
import { SqlCustomers } from './store/sql-customers.store.ts'
import { SqlFees } from './store/sql-fees.store.ts'
import { SqlParties } from './store/sql-parties.store.ts'
import { SqlPayouts } from './store/sql-payouts.store.ts'
import { SqlProviderEvents } from './store/sql-provider-events.store.ts'
import { SqlListings } from './store/sql-listings.store.ts'
import { SqlLimits } from './store/sql-limits.store.ts'
import { SqlReminders } from './store/sql-reminders.store.ts'
import { SqlSubscriptionChanges } from './store/sql-subscription-changes.store.ts'
import { SqlTaxes } from './store/sql-taxes.store.ts'
import { FactsConsumer } from './transport/bus/facts.consumer.ts'
import { FollowsConsumer } from './transport/bus/follows.consumer.ts'
import { BillingJob } from './transport/cron/billing.job.ts'
import { DocumentsController } from './transport/rpc/documents.controller.ts'
import { ChangesController } from './transport/rpc/changes.controller.ts'
import { BooksController } from './transport/rpc/books.controller.ts'
import { FeesController } from './transport/rpc/fees.controller.ts'
import { FeeTermsController } from './transport/rpc/fee-terms.controller.ts'
import { PaymentsController } from './transport/rpc/payments.controller.ts'
import { PayoutsController } from './transport/rpc/payouts.controller.ts'
import { StatementsController } from './transport/rpc/statements.controller.ts'
import { PlansController } from './transport/rpc/plans.controller.ts'
import { PricesController } from './transport/rpc/prices.controller.ts'
import { ProductsController } from './transport/rpc/products.controller.ts'
import { ProfilesController } from './transport/rpc/profiles.controller.ts'
import { PurchasesController } from './transport/rpc/purchases.controller.ts'
import { SubscriptionsController } from './transport/rpc/subscriptions.controller.ts'
import { ApplyObservations } from './use-cases/apply-observations/apply-observations.use-case.ts'
import { BeginSubscription } from './use-cases/begin-subscription/begin-subscription.use-case.ts'
import { BillNextPeriod } from './use-cases/bill-next-period/bill-next-period.use-case.ts'
import { BookPayout } from './use-cases/book-payout/book-payout.use-case.ts'
import { CalculatePurchase } from './use-cases/calculate-purchase/calculate-purchase.use-case.ts'
import { CancelSubscription } from './use-cases/cancel-subscription/cancel-subscription.use-case.ts'
import { ChooseOutcome } from './use-cases/choose-outcome/choose-outcome.use-case.ts'
import { ConfirmPayment } from './use-cases/confirm-payment/confirm-payment.use-case.ts'
import { CloseFeePeriod } from './use-cases/close-fee-period/close-fee-period.use-case.ts'
import { CloseFeePeriods } from './use-cases/close-fee-periods/close-fee-periods.use-case.ts'
import { CreateDiscount } from './use-cases/create-discount/create-discount.use-case.ts'
import { CreatePlan } from './use-cases/create-plan/create-plan.use-case.ts'
import { CreateProducts } from './use-cases/create-products/create-products.use-case.ts'
import { EndIdleSubscription } from './use-cases/end-idle-subscription/end-idle-subscription.use-case.ts'
import { ExplainPerformanceFee } from './use-cases/explain-performance-fee/explain-performance-fee.use-case.ts'
import { DoEachAlone } from './use-cases/do-each-alone/do-each-alone.use-case.ts'
import { DropTakenChanges } from './use-cases/drop-taken-changes/drop-taken-changes.use-case.ts'
import { FindOffer } from './use-cases/find-offer/find-offer.use-case.ts'
import { FindUserPlans } from './use-cases/find-user-plans/find-user-plans.use-case.ts'
import { GetBillingProfile } from './use-cases/get-billing-profile/get-billing-profile.use-case.ts'
import { GetCreditNoteFile } from './use-cases/get-credit-note-file/get-credit-note-file.use-case.ts'
import { GetInvoiceFile } from './use-cases/get-invoice-file/get-invoice-file.use-case.ts'
import { GetPayment } from './use-cases/get-payment/get-payment.use-case.ts'
import { GetPerformanceFee } from './use-cases/get-performance-fee/get-performance-fee.use-case.ts'
import { GetStatement } from './use-cases/get-statement/get-statement.use-case.ts'
import { GetStatementFile } from './use-cases/get-statement-file/get-statement-file.use-case.ts'
import { IssueCreditNotes } from './use-cases/issue-credit-notes/issue-credit-notes.use-case.ts'
import { IssueDocuments } from './use-cases/issue-documents/issue-documents.use-case.ts'
import { IssueInvoice } from './use-cases/issue-invoice/issue-invoice.use-case.ts'
import { GiveBackSurplus } from './use-cases/give-back-surplus/give-back-surplus.use-case.ts'
import { LearnFacts } from './use-cases/learn-facts/learn-facts.use-case.ts'
import { LearnFollows } from './use-cases/learn-follows/learn-follows.use-case.ts'
import { ListAtProviders } from './use-cases/list-at-providers/list-at-providers.use-case.ts'
import { ListBalances } from './use-cases/list-balances/list-balances.use-case.ts'
import { ListEarnedFees } from './use-cases/list-earned-fees/list-earned-fees.use-case.ts'
import { ListCreditNotes } from './use-cases/list-credit-notes/list-credit-notes.use-case.ts'
import { ListInvoices } from './use-cases/list-invoices/list-invoices.use-case.ts'
import { ListOwed } from './use-cases/list-owed/list-owed.use-case.ts'
import { ListPayments } from './use-cases/list-payments/list-payments.use-case.ts'
import { ListPayouts } from './use-cases/list-payouts/list-payouts.use-case.ts'
import { ListPerformanceFees } from './use-cases/list-performance-fees/list-performance-fees.use-case.ts'
import { ListPlans } from './use-cases/list-plans/list-plans.use-case.ts'
import { ListProducts } from './use-cases/list-products/list-products.use-case.ts'
import { ListProviders } from './use-cases/list-providers/list-providers.use-case.ts'
import { ListPurchases } from './use-cases/list-purchases/list-purchases.use-case.ts'
import { ListStrategyPrices } from './use-cases/list-strategy-prices/list-strategy-prices.use-case.ts'
import { ListSubscriptions } from './use-cases/list-subscriptions/list-subscriptions.use-case.ts'
import { ListTaxRates } from './use-cases/list-tax-rates/list-tax-rates.use-case.ts'
import { MakePurchase } from './use-cases/make-purchase/make-purchase.use-case.ts'
import { MoveChange } from './use-cases/move-change/move-change.use-case.ts'
import { OpenCheckout } from './use-cases/open-checkout/open-checkout.use-case.ts'
import { OpenPortal } from './use-cases/open-portal/open-portal.use-case.ts'
import { PassTime } from './use-cases/pass-time/pass-time.use-case.ts'
import { PrecalculatePurchase } from './use-cases/precalculate-purchase/precalculate-purchase.use-case.ts'
import { ProcessEvents } from './use-cases/process-events/process-events.use-case.ts'
import { PullProvider } from './use-cases/pull-provider/pull-provider.use-case.ts'
import { PayPerformanceFee } from './use-cases/pay-performance-fee/pay-performance-fee.use-case.ts'
import { ReceiveEvent } from './use-cases/receive-event/receive-event.use-case.ts'
import { RefundPayment } from './use-cases/refund-payment/refund-payment.use-case.ts'
import { RemindDebtors } from './use-cases/remind-debtors/remind-debtors.use-case.ts'
import { RemovePlan } from './use-cases/remove-plan/remove-plan.use-case.ts'
import { RemoveProducts } from './use-cases/remove-products/remove-products.use-case.ts'
import { ReturnSurplus } from './use-cases/return-surplus/return-surplus.use-case.ts'
import { RenewByLink } from './use-cases/renew-by-link/renew-by-link.use-case.ts'
import { RunBilling } from './use-cases/run-billing/run-billing.use-case.ts'
import { RunPayouts } from './use-cases/run-payouts/run-payouts.use-case.ts'
import { RunRules } from './use-cases/run-rules/run-rules.use-case.ts'
import { SetBillingProfile } from './use-cases/set-billing-profile/set-billing-profile.use-case.ts'
import { SetPerformanceFee } from './use-cases/set-performance-fee/set-performance-fee.use-case.ts'
import { SetStrategyPrices } from './use-cases/set-strategy-prices/set-strategy-prices.use-case.ts'
import { SetTaxRates } from './use-cases/set-tax-rates/set-tax-rates.use-case.ts'
import { ShowPayment } from './use-cases/show-payment/show-payment.use-case.ts'
import { SettlePayout } from './use-cases/settle-payout/settle-payout.use-case.ts'
import { SettleSubscription } from './use-cases/settle-subscription/settle-subscription.use-case.ts'
import { TellAllUsers } from './use-cases/tell-all-users/tell-all-users.use-case.ts'
import { TellEntitlement } from './use-cases/tell-entitlement/tell-entitlement.use-case.ts'
import { CarryOutChange } from './use-cases/carry-out-change/carry-out-change.use-case.ts'
import { ChangeSubscription } from './use-cases/change-subscription/change-subscription.use-case.ts'
import { GetChange } from './use-cases/get-change/get-change.use-case.ts'
import { PreviewChange } from './use-cases/preview-change/preview-change.use-case.ts'
import { PriceChange } from './use-cases/price-change/price-change.use-case.ts'
import { StoreChange } from './use-cases/store-change/store-change.use-case.ts'
import { TakeBackAtProvider } from './use-cases/take-back-at-provider/take-back-at-provider.use-case.ts'
import { TakeBackChange } from './use-cases/take-back-change/take-back-change.use-case.ts'
import { TellChange } from './use-cases/tell-change/tell-change.use-case.ts'
import { TellChanges } from './use-cases/tell-changes/tell-changes.use-case.ts'
import { TellProviders } from './use-cases/tell-providers/tell-providers.use-case.ts'
import { UpdatePlan } from './use-cases/update-plan/update-plan.use-case.ts'
import { WatchLimits } from './use-cases/watch-limits/watch-limits.use-case.ts'

@Module({
  controllers: [
    BooksController,
    ChangesController,
    DocumentsController,
    FeesController,
    FeeTermsController,
    PaymentsController,
    PayoutsController,
    StatementsController,
    PlansController,
    PricesController,
    ProductsController,
    ProfilesController,
    PurchasesController,
    SubscriptionsController,
    FactsConsumer,
    FollowsConsumer,
  ],
  providers: [
    { provide: Bills, useClass: SqlBills },
    { provide: Books, useClass: SqlBooks },
    { provide: Catalogue, useClass: SqlCatalogue },
    { provide: CreditNotes, useClass: SqlCreditNotes },
    { provide: Customers, useClass: SqlCustomers },
    { provide: Fees, useClass: SqlFees },
    { provide: RealisedLedger, useClass: ReportingLedger },
    { provide: Parties, useClass: SqlParties },
    { provide: Limits, useClass: SqlLimits },
    { provide: Listings, useClass: SqlListings },
    { provide: AccountTotals, useClass: ReportingTotals },
    { provide: Reminders, useClass: SqlReminders },
    { provide: SubscriptionChanges, useClass: SqlSubscriptionChanges },
    { provide: TaxRates, useClass: SqlTaxes },
    { provide: TaxCalculator, useExisting: TaxRates },
    { provide: Payouts, useClass: SqlPayouts },
    { provide: ProviderEvents, useClass: SqlProviderEvents },
    { provide: PaymentProviders, useClass: ConfiguredProviders },
    { provide: InvoicePrinter, useClass: PdfInvoicePrinter },
    { provide: MockCheckouts, useExisting: MockProvider },
    {
      provide: BillFactory,
      inject: [Clock, IdSource, CONFIG],
      useFactory: (clock: Clock, ids: IdSource, config: BillingConfig) =>
        new BillFactory(clock, ids, billRulesOf(config)),
    },
    {
      provide: FeeFactory,
      inject: [Clock, IdSource, CONFIG],
      useFactory: (clock: Clock, ids: IdSource, config: BillingConfig) =>
        new FeeFactory(clock, ids, feeRulesOf(config)),
    },
    {
      provide: PayoutFactory,
      inject: [Clock, IdSource, CONFIG],
      useFactory: (clock: Clock, ids: IdSource, config: BillingConfig) =>
        new PayoutFactory(clock, ids, payoutRulesOf(config)),
    },
    MockProvider,
    StripeProvider,
    RazorpayProvider,
    MayarProvider,
    BillingJob,
    ApplyObservations,
    BeginSubscription,
    BillNextPeriod,
    BookPayout,
    CalculatePurchase,
    CancelSubscription,
    ChooseOutcome,
    ConfirmPayment,
    CloseFeePeriod,
    CloseFeePeriods,
    CreateDiscount,
    CreatePlan,
    CreateProducts,
    ExplainPerformanceFee,
    FindOffer,
    FindUserPlans,
    GetBillingProfile,
    GetCreditNoteFile,
    GetInvoiceFile,
    GetPayment,
    GetPerformanceFee,
    GetStatement,
    GetStatementFile,
    IssueCreditNotes,
    IssueDocuments,
    IssueInvoice,
    LearnFacts,
    LearnFollows,
    ListAtProviders,
    ListBalances,
    ListEarnedFees,
    ListCreditNotes,
    ListInvoices,
    ListOwed,
    ListPayments,
    ListPayouts,
    ListPerformanceFees,
    ListPlans,
    ListProducts,
    ListProviders,
    ListPurchases,
    ListStrategyPrices,
    ListSubscriptions,
    ListTaxRates,
    MakePurchase,
    MoveChange,
    OpenCheckout,
    OpenPortal,
    PassTime,
    PayPerformanceFee,
    PrecalculatePurchase,
    ProcessEvents,
    PullProvider,
    ReceiveEvent,
    RefundPayment,
    RemindDebtors,
    RemovePlan,
    RemoveProducts,
    EndIdleSubscription,
    GiveBackSurplus,
    ReturnSurplus,
    RenewByLink,
    RunBilling,
    RunPayouts,
    RunRules,
    SettlePayout,
    ShowPayment,
    SetBillingProfile,
    SetPerformanceFee,
    SetTaxRates,
    SetStrategyPrices,
    SettleSubscription,
    TellAllUsers,
    TellEntitlement,
    CarryOutChange,
    ChangeSubscription,
    GetChange,
    PreviewChange,
    PriceChange,
    StoreChange,
    TakeBackChange,
    TellChange,
    DoEachAlone,
    DropTakenChanges,
    TakeBackAtProvider,
    TellChanges,
    TellProviders,
    UpdatePlan,
    WatchLimits,
  ],
})
export class AppModule {}
