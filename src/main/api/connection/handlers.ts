/**
 * The contract as plain functions: group, call, (input, {signal}). What a router or the command line
 * calls. Types come from the contract by type-only imports, so that nobody pays for its validation
 * who does not need it: inputs here are validated and have their defaults already.
 */
import type { ContractProcedure, InferSchemaOutput, Schema } from '@orpc/contract'
import type { Contract } from '../../../shared/contract'

export interface Call {
  /** Aborts when the caller no longer wants the answer. Check `aborted` before listening. */
  readonly signal: AbortSignal
}

/** A call whose output is a stream answers with an iterable; leaving it early releases what it holds. */
type Answer<Output> =
  Output extends AsyncIteratorObject<infer Event, unknown, unknown> ? AsyncIterable<Event> : Promise<Output>

type HandlerOf<Procedure> =
  Procedure extends ContractProcedure<infer Input, infer Output, infer _Errors, infer _Meta>
    ? Input extends Schema<infer _Given, infer Parsed>
      ? unknown extends Parsed
        ? (input: undefined, call: Call) => Answer<InferSchemaOutput<Output>>
        : (input: Parsed, call: Call) => Answer<InferSchemaOutput<Output>>
      : never
    : never

/** Every call of the contract, implemented. */
export type Handlers = {
  readonly [Group in keyof Contract]: {
    readonly [Name in keyof Contract[Group]]: HandlerOf<Contract[Group][Name]>
  }
}

export type Group<Name extends keyof Handlers> = Handlers[Name]
