/** What the database lib refuses. Called by stores that page. Must never carry SQL. */
import { defineErrors } from '@tradewire/kernel/errors'

export const databaseErrors = defineErrors('database', {
  PAGE_TOKEN_INVALID: {
    kind: 'invalid',
    message: 'The paging token is not one that this list has given out.',
    fix: 'Start again without nextToken.',
  },
})
