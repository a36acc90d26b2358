/** Hands the commands of the partitions held to their use case. Called by Nest at the start. Must never decide anything. */
import { Injectable, type OnModuleInit } from '@nestjs/common'
import { CommandIntake } from '#ports/command-intake.port'
import { TakeCommands } from '../../use-cases/take-commands/take-commands.use-case.ts'

@Injectable()
export class CommandsConsumer implements OnModuleInit {
  constructor(
    private readonly intake: CommandIntake,
    private readonly commands: TakeCommands,
  ) {}

  onModuleInit(): void {
    this.intake.connect(this.commands)
  }
}
