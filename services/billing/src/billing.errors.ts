/** The closed table of what `billing` refuses. Called by its use cases. Must never change a code's meaning. */
import { defineErrors } from '@tradewire/kernel/errors'

export const billingErrors = defineErrors('billing', {})
