/** How each CSV file was told to be read, for as long as the window is open. */
import { create } from 'zustand'
import { AUTOMATIC, isAutomatic, type CsvOptions } from './sql-text'

const useMemory = create<{ readonly byPath: ReadonlyMap<string, CsvOptions> }>()(() => ({ byPath: new Map() }))

export function useCsvOptions(path: string): CsvOptions {
  return useMemory((s) => s.byPath.get(path)) ?? AUTOMATIC
}

/** Null where nothing was chosen. */
export function csvOptionsOf(path: string): CsvOptions | null {
  return useMemory.getState().byPath.get(path) ?? null
}

export function rememberCsvOptions(path: string, options: CsvOptions): void {
  useMemory.setState((s) => {
    const byPath = new Map(s.byPath)
    if (isAutomatic(options)) byPath.delete(path)
    else byPath.set(path, options)
    return { byPath }
  })
}
