/** Wiring of `billing`. Called by startService. Must never hold logic. */
import { Module } from '@nestjs/common'

@Module({ controllers: [], providers: [] })
export class AppModule {}
