/** Calls to objects of another process. */
export { Channel } from './channel'
export {
  bytes,
  call,
  data,
  iterate,
  list,
  nullable,
  object,
  optional,
  record,
  signal,
  tell,
  withField,
  type Codec,
} from './codec'
export type { Scope } from './scope'
