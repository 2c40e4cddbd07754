/** What we use of a package that ships no types. */
declare module 'fs-native-extensions' {
  /** False while another open file holds a lock on these bytes. */
  export function tryLock(fd: number, offset: number, length: number): boolean
  export function unlock(fd: number, offset: number, length: number): void
}
