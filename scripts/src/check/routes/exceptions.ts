/** Operations that the route audit lets pass, by name. Called by the routes check. Must never name one without its reason. */
import type { RouteExceptions } from './route-rules.ts'

const proves = 'shows who somebody is, so nobody is known yet'
const mailed = 'the mailed token or the password proves the caller'
const sells = 'says what something costs; nobody pays by it'

export const routeExceptions: RouteExceptions = {
  publicOperations: {
    sendAlert: "the strategy's secret stands in the alert",
    issueToken: "the client's secret stands in the request",
    logIn: proves,
    challengePasskey: proves,
    refreshSession: 'the refresh token proves the caller',
    logOut: 'the refresh token proves the caller',
    register: 'asks for a mail; there is no user yet',
    confirmRegistration: mailed,
    resendConfirmation: 'asks for a mail; there is no user yet',
    forgotPassword: 'asks for a mail',
    resetPassword: mailed,
    marketplaceLogIn: proves,
    marketplaceRefresh: 'the refresh token proves the caller',
    marketplaceLogOut: 'the refresh token proves the caller',
    marketplaceRegister: 'asks for a mail; there is no user yet',
    marketplaceResendVerification: 'asks for a mail; there is no user yet',
    marketplaceVerifyEmail: mailed,
    marketplaceForgotPassword: 'asks for a mail',
    marketplaceResetPassword: mailed,
    getOrganisation: 'tells whose installation it is, before anybody registers',
  },
  withoutKey: {
    engageKillSwitch: 'a stop must never be answered 409, and engaging twice stops the same things (ADR 0019)',
    requestKillSwitchRelease: 'asks for a confirmation; nothing is traded',
    confirmKillSwitchRelease: 'lets entries pass again; the confirmation works once',
    createPlan: sells,
    adminCreateSubscription: sells,
    createProducts: sells,
    createDiscount: sells,
    precalculatePurchase: 'reckons, and stores nothing',
    openPaymentPortal: 'answers the address of a page of the provider',
  },
}
