/**
 * The contract as plain functions: group, call, (input, {signal}). A router or the command line calls them. Inputs
 * are validated already, and have their defaults. The contract is imported as types only, so that loading this does
 * not load the validation.
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
