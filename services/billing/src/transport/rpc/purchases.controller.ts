/** Answers questions about purchases. Called over the bus. Must never decide anything. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import { listPurchases, makePurchase, precalculatePurchase } from '@tradewire/contracts/rpc/billing/purchases'
import { ListPurchases } from '../../use-cases/list-purchases/list-purchases.use-case.ts'
import { MakePurchase } from '../../use-cases/make-purchase/make-purchase.use-case.ts'
import { PrecalculatePurchase } from '../../use-cases/precalculate-purchase/precalculate-purchase.use-case.ts'

@Controller()
export class PurchasesController {
  constructor(
    private readonly precalculatePurchase: PrecalculatePurchase,
    private readonly makePurchase: MakePurchase,
    private readonly listPurchases: ListPurchases,
  ) {}

  @Answer(precalculatePurchase)
  precalculate(request: RequestOf<typeof precalculatePurchase>) {
    return this.precalculatePurchase.execute(request)
  }

  @Answer(makePurchase)
  make(request: RequestOf<typeof makePurchase>) {
    return this.makePurchase.execute(request)
  }

  @Answer(listPurchases)
  list(request: RequestOf<typeof listPurchases>) {
    return this.listPurchases.execute(request)
  }
}
