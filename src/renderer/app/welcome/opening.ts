/**
 * Opening and creating ponds, for the welcome screen and the shell alike: which dialog is up, what is
 * under way, and the failure to draw next to it.
 */
import { create } from 'zustand'
import type { PondInfo } from '../../../shared/model'
import type { Api } from '../../../shared/contract'
import { dropDrafts, failureOf, useApi, useSession, type Failure } from '../../session'
import { mayLeavePond } from './leaving'

export type Dialog = 'open' | 'create' | null

export interface Refusal {
  readonly failure: Failure
  /** The folder it was about. */
  readonly path: string
}

interface Opening {
  readonly dialog: Dialog
  /** What is being done, as people say it; null when nothing is. */
  readonly busy: string | null
  readonly refusal: Refusal | null
}

export const useOpening = create<Opening>()(() => ({ dialog: null, busy: null, refusal: null }))

export const showDialog = (dialog: Dialog): void => useOpening.setState({ dialog, refusal: null })

export interface PondActions {
  open(path: string): Promise<void>
  create(path: string): Promise<void>
  /** Makes a pond with sample data in the home folder and opens it; opens the one that is there already. */
  sample(): Promise<void>
  /** Opens the dialog to choose a pond: the system's own, where there is one. */
  choose(): Promise<void>
  close(): Promise<void>
}

export function usePondActions(): PondActions {
  const api = useApi()
  const host = useSession((s) => s.host)

  const attempt = async (busy: string, path: string, work: () => Promise<PondInfo>): Promise<void> => {
    const left = useSession.getState().pond
    if (left !== null && left.path !== path && !(await mayLeavePond(left))) return
    useOpening.setState({ busy, refusal: null })
    try {
      const opened = await work()
      useSession.getState().openPond(opened)
      // A copied pond has the id of the first one: the folder tells them apart.
      if (left !== null && left.path !== opened.path) dropDrafts(left.pondId, '/')
      useOpening.setState({ dialog: null })
    } catch (error) {
      // With a pond open there is no welcome screen to draw it on: the dialog is.
      const fallback = useSession.getState().pond === null ? null : 'open'
      useOpening.setState((s) => ({ refusal: { failure: failureOf(error), path }, dialog: s.dialog ?? fallback }))
    } finally {
      useOpening.setState({ busy: null })
    }
  }

  const open = (path: string): Promise<void> => attempt('Opening the pond', path, () => api.pond.open({ path }))
  return {
    open,
    create: (path) => attempt('Creating the pond', path, () => api.pond.create({ path })),
    sample: () => {
      const path = hostJoin(host?.home ?? '', 'DuckPond sample')
      return attempt('Filling a sample pond', path, () => sampleAt(api, path))
    },
    choose: async () => {
      if (host?.kind !== 'electron') return showDialog('open')
      const { path } = await api.host.chooseFolder({ title: 'Open a pond' })
      if (path !== null) await open(path)
    },
    close: async () => {
      const left = useSession.getState().pond
      if (left !== null && !(await mayLeavePond(left))) return
      await api.pond.close()
      useSession.getState().closePond()
      if (left !== null) dropDrafts(left.pondId, '/')
    },
  }
}

async function sampleAt(api: Api, path: string): Promise<PondInfo> {
  try {
    return await api.pond.create({ path, sample: true })
  } catch (error) {
    if (failureOf(error).code === 'steward.already-a-pond') return api.pond.open({ path })
    throw error
  }
}

/** Joins a folder of this machine and a name, in the folder's own spelling. */
export function hostJoin(folder: string, name: string): string {
  const separator = folder.includes('\\') && !folder.includes('/') ? '\\' : '/'
  return folder.endsWith(separator) ? folder + name : folder + separator + name
}
