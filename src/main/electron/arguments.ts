/** The pond that a start of the app names, by its arguments. */
import { isAbsolute, resolve } from 'node:path'

export interface Start {
  readonly argv: readonly string[]
  readonly workingDirectory: string
  /** An app from its package has one argument of its own; from a checkout Electron's `.` comes too. */
  readonly isPackaged: boolean
}

/** Absolute; null where no folder is named. Switches are Chromium's and are left to it. */
export function pondArgument({ argv, workingDirectory, isPackaged }: Start): string | null {
  const named = argv.slice(1).filter((argument) => !argument.startsWith('-'))
  const pond = named[isPackaged ? 0 : 1]
  if (pond === undefined || pond === '') return null
  return isAbsolute(pond) ? pond : resolve(workingDirectory, pond)
}

export interface Restart {
  /** What this process was started with. */
  readonly argv: readonly string[]
  /** Null for an app from its package. */
  readonly appPath: string | null
  readonly pond: string | null
}

/** What to start the app with again: Chromium's switches as they were, another pond or none. */
export function restartArguments({ argv, appPath, pond }: Restart): string[] {
  const switches = argv.slice(1).filter((argument) => argument.startsWith('--'))
  return [...switches, ...(appPath === null ? [] : [appPath]), ...(pond === null ? [] : [pond])]
}
