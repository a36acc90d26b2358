/** Wires identity together. Loaded by startService. Must never hold logic. */
import { Module } from '@nestjs/common'
import { Clock } from '@tradewire/kernel/clock'
import { IdSource } from '@tradewire/kernel/ids'
import { Randomness } from '@tradewire/kernel/randomness'
import { CONFIG } from '@tradewire/nest-kit/tokens'
import { Argon2Hasher } from '#clients/argon2-hasher.client'
import { JoseSigner } from '#clients/jose-signer.client'
import { SimpleWebauthn } from '#clients/simple-webauthn.client'
import { NodemailerSender } from '#clients/nodemailer-sender.client'
import { loadSigningKeys } from '#clients/key-file.client'
import type { IdentityConfig } from '#config'
import { ApiKeys } from '#ports/api-keys.port'
import { Mails } from '#ports/mails.port'
import { OauthClients } from '#ports/oauth-clients.port'
import { PasskeyVerifier } from '#ports/passkey-verifier.port'
import { Passkeys } from '#ports/passkeys.port'
import { MailSender } from '#ports/mail-sender.port'
import { Registrations } from '#ports/registrations.port'
import { AuditLog } from '#ports/audit-log.port'
import { LoginAttempts } from '#ports/login-attempts.port'
import { PasswordHasher } from '#ports/password-hasher.port'
import { SecondFactors } from '#ports/second-factors.port'
import { Sessions } from '#ports/sessions.port'
import { TokenSigner } from '#ports/token-signer.port'
import { Users } from '#ports/users.port'
import { SqlApiKeys } from '#store/api-keys.store'
import { SqlOauthClients } from '#store/oauth-clients.store'
import { SqlPasskeys } from '#store/passkeys.store'
import { SqlMails } from '#store/mails.store'
import { SqlRegistrations } from '#store/registrations.store'
import { SqlAuditLog } from '#store/audit-log.store'
import { SqlLoginAttempts } from '#store/login-attempts.store'
import { SqlSecondFactors } from '#store/second-factors.store'
import { SqlSessions } from '#store/sessions.store'
import { SqlUsers } from '#store/users.store'
import { ApiKeysController } from '#transport/rpc/api-keys.controller'
import { AuditController } from '#transport/rpc/audit.controller'
import { AuthController } from '#transport/rpc/auth.controller'
import { ExternalUsersController } from '#transport/rpc/external-users.controller'
import { MailJob } from '#transport/cron/mail.job'
import { OauthClientsController } from '#transport/rpc/oauth-clients.controller'
import { OrganisationController } from '#transport/rpc/organisation.controller'
import { PasskeysController } from '#transport/rpc/passkeys.controller'
import { RegistrationController } from '#transport/rpc/registration.controller'
import { SecondFactorController } from '#transport/rpc/second-factor.controller'
import { SessionsController } from '#transport/rpc/sessions.controller'
import { UserAccessController } from '#transport/rpc/user-access.controller'
import { UsersController } from '#transport/rpc/users.controller'
import { ChangePassword } from '#use-cases/change-password/change-password.use-case'
import { ChangeRoles } from '#use-cases/change-roles/change-roles.use-case'
import { CheckApiKey } from '#use-cases/check-api-key/check-api-key.use-case'
import { CheckCode } from '#use-cases/check-code/check-code.use-case'
import { ConfirmSecondFactor } from '#use-cases/confirm-second-factor/confirm-second-factor.use-case'
import { CreateApiKey } from '#use-cases/create-api-key/create-api-key.use-case'
import { CreateUser } from '#use-cases/create-user/create-user.use-case'
import { DisableUser } from '#use-cases/disable-user/disable-user.use-case'
import { EnableUser } from '#use-cases/enable-user/enable-user.use-case'
import { EndOauthClients } from '#use-cases/end-oauth-clients/end-oauth-clients.use-case'
import { EndSessions } from '#use-cases/end-sessions/end-sessions.use-case'
import { EnsureOperator } from '#use-cases/ensure-operator/ensure-operator.use-case'
import { FindUsers } from '#use-cases/find-users/find-users.use-case'
import { GetOrganisation } from '#use-cases/get-organisation/get-organisation.use-case'
import { GetUser } from '#use-cases/get-user/get-user.use-case'
import { ListApiKeys } from '#use-cases/list-api-keys/list-api-keys.use-case'
import { ListAudit } from '#use-cases/list-audit/list-audit.use-case'
import { ListSessions } from '#use-cases/list-sessions/list-sessions.use-case'
import { ListUsers } from '#use-cases/list-users/list-users.use-case'
import { LogIn } from '#use-cases/log-in/log-in.use-case'
import { OpenSession } from '#use-cases/open-session/open-session.use-case'
import { LogOut } from '#use-cases/log-out/log-out.use-case'
import { CreateOauthClient } from '#use-cases/create-oauth-client/create-oauth-client.use-case'
import { IssueClientToken } from '#use-cases/issue-client-token/issue-client-token.use-case'
import { ListOauthClients } from '#use-cases/list-oauth-clients/list-oauth-clients.use-case'
import { RevokeOauthClient } from '#use-cases/revoke-oauth-client/revoke-oauth-client.use-case'
import { RotateOauthSecret } from '#use-cases/rotate-oauth-secret/rotate-oauth-secret.use-case'
import { OfferSecondFactor } from '#use-cases/offer-second-factor/offer-second-factor.use-case'
import { AddPasskey } from '#use-cases/add-passkey/add-passkey.use-case'
import { ChallengePasskey } from '#use-cases/challenge-passkey/challenge-passkey.use-case'
import { CheckPasskey } from '#use-cases/check-passkey/check-passkey.use-case'
import { ListPasskeys } from '#use-cases/list-passkeys/list-passkeys.use-case'
import { OfferPasskey } from '#use-cases/offer-passkey/offer-passkey.use-case'
import { RemovePasskey } from '#use-cases/remove-passkey/remove-passkey.use-case'
import { ProveSecondFactor } from '#use-cases/prove-second-factor/prove-second-factor.use-case'
import { RecogniseUser } from '#use-cases/recognise-user/recognise-user.use-case'
import { RecordAct } from '#use-cases/record-act/record-act.use-case'
import { RefreshSession } from '#use-cases/refresh-session/refresh-session.use-case'
import { RemoveSecondFactor } from '#use-cases/remove-second-factor/remove-second-factor.use-case'
import { ResetSecondFactor } from '#use-cases/reset-second-factor/reset-second-factor.use-case'
import { RevokeApiKey } from '#use-cases/revoke-api-key/revoke-api-key.use-case'
import { RevokeSession } from '#use-cases/revoke-session/revoke-session.use-case'
import { AskMail } from '#use-cases/ask-mail/ask-mail.use-case'
import { ConfirmRegistration } from '#use-cases/confirm-registration/confirm-registration.use-case'
import { KeepRegistration } from '#use-cases/keep-registration/keep-registration.use-case'
import { LimitMails } from '#use-cases/limit-mails/limit-mails.use-case'
import { RegisterPerson } from '#use-cases/register-person/register-person.use-case'
import { ReplacePassword } from '#use-cases/replace-password/replace-password.use-case'
import { ResetPassword } from '#use-cases/reset-password/reset-password.use-case'
import { SendMails } from '#use-cases/send-mails/send-mails.use-case'
import { WriteLetter } from '#use-cases/write-letter/write-letter.use-case'

async function makeSigner(
  config: IdentityConfig,
  clock: Clock,
  ids: IdSource,
  randomness: Randomness,
): Promise<JoseSigner> {
  return JoseSigner.from(await loadSigningKeys(config.signingKeyFile, { clock, randomness }), { clock, ids })
}

@Module({
  controllers: [
    ApiKeysController,
    AuditController,
    AuthController,
    ExternalUsersController,
    OauthClientsController,
    OrganisationController,
    PasskeysController,
    RegistrationController,
    SecondFactorController,
    SessionsController,
    UserAccessController,
    UsersController,
  ],
  providers: [
    { provide: Users, useClass: SqlUsers },
    { provide: Sessions, useClass: SqlSessions },
    { provide: AuditLog, useClass: SqlAuditLog },
    { provide: OauthClients, useClass: SqlOauthClients },
    { provide: Passkeys, useClass: SqlPasskeys },
    { provide: PasskeyVerifier, useClass: SimpleWebauthn },
    { provide: Mails, useClass: SqlMails },
    { provide: MailSender, useClass: NodemailerSender },
    { provide: Registrations, useClass: SqlRegistrations },
    { provide: ApiKeys, useClass: SqlApiKeys },
    { provide: SecondFactors, useClass: SqlSecondFactors },
    { provide: LoginAttempts, useClass: SqlLoginAttempts },
    { provide: PasswordHasher, useClass: Argon2Hasher },
    { provide: TokenSigner, useFactory: makeSigner, inject: [CONFIG, Clock, IdSource, Randomness] },
    AskMail,
    ChangePassword,
    ChangeRoles,
    ConfirmRegistration,
    KeepRegistration,
    LimitMails,
    MailJob,
    RegisterPerson,
    ReplacePassword,
    ResetPassword,
    SendMails,
    WriteLetter,
    CheckApiKey,
    CheckCode,
    ConfirmSecondFactor,
    CreateApiKey,
    CreateUser,
    DisableUser,
    EnableUser,
    EndOauthClients,
    EndSessions,
    EnsureOperator,
    FindUsers,
    GetOrganisation,
    GetUser,
    ListApiKeys,
    ListAudit,
    ListSessions,
    ListUsers,
    LogIn,
    LogOut,
    CreateOauthClient,
    IssueClientToken,
    ListOauthClients,
    RevokeOauthClient,
    RotateOauthSecret,
    OfferSecondFactor,
    OpenSession,
    AddPasskey,
    ChallengePasskey,
    CheckPasskey,
    ListPasskeys,
    OfferPasskey,
    RemovePasskey,
    ProveSecondFactor,
    RecogniseUser,
    RecordAct,
    RefreshSession,
    RemoveSecondFactor,
    ResetSecondFactor,
    RevokeApiKey,
    RevokeSession,
  ],
})
export class AppModule {}
