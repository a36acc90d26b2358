/** Answers for registrations and forgotten passwords over the bus. Called by the gateway. Must never hold a rule. */
import { Controller } from '@nestjs/common'
import { Answer } from '@tradewire/bus/decorators'
import type { RequestOf } from '@tradewire/contracts/define-rpc'
import type { UserView } from '@tradewire/contracts/rpc/identity'
import * as rpc from '@tradewire/contracts/rpc/registration'
import type { CodedError } from '@tradewire/kernel/errors'
import type { Result } from '@tradewire/kernel/result'
import { AskMail } from '#use-cases/ask-mail/ask-mail.use-case'
import { ConfirmRegistration } from '#use-cases/confirm-registration/confirm-registration.use-case'
import { RegisterPerson } from '#use-cases/register-person/register-person.use-case'
import { ResetPassword } from '#use-cases/reset-password/reset-password.use-case'

type Done = Result<Record<string, never>, CodedError>

@Controller()
export class RegistrationController {
  constructor(
    private readonly registering: RegisterPerson,
    private readonly asking: AskMail,
    private readonly confirming: ConfirmRegistration,
    private readonly resetting: ResetPassword,
  ) {}

  @Answer(rpc.register)
  register(request: RequestOf<typeof rpc.register>): Promise<Done> {
    return this.registering.execute(request)
  }

  @Answer(rpc.resendConfirmation)
  resend(request: RequestOf<typeof rpc.resendConfirmation>): Promise<Done> {
    return this.asking.execute('confirm-registration', request)
  }

  @Answer(rpc.confirmRegistration)
  confirm(request: RequestOf<typeof rpc.confirmRegistration>): Promise<Result<UserView, CodedError>> {
    return this.confirming.execute(request)
  }

  @Answer(rpc.forgotPassword)
  forgot(request: RequestOf<typeof rpc.forgotPassword>): Promise<Done> {
    return this.asking.execute('reset-password', request)
  }

  @Answer(rpc.resetPassword)
  reset(request: RequestOf<typeof rpc.resetPassword>): Promise<Done> {
    return this.resetting.execute(request)
  }
}
