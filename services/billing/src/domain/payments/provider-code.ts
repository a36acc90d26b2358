/** The payment providers by name. Called by everything that names one. Must never hold what a provider can do. */
export const providerCodes = ['mock', 'stripe', 'razorpay', 'mayar'] as const
export type ProviderCode = (typeof providerCodes)[number]
