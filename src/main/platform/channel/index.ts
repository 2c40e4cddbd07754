/** Calls to objects of another process. */
export { Channel, type ChannelOptions } from './channel'
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
  type Methods,
} from './codec'
export type { Scope } from './scope'
