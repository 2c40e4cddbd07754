/**
 * The page's line to its host, for components: the one `Api`, and the byte plane. The entry of the
 * page provides it; features never learn which host is behind it.
 */
import { createContext, useContext } from 'react'
import type { Api } from '../../shared/contract'
import type { Connection } from '../connect'

export type { Connection } from '../connect'

const Context = createContext<Connection | null>(null)
export const ConnectionProvider = Context.Provider

export function useConnection(): Connection {
  const connection = useContext(Context)
  if (connection === null) throw new Error('useConnection needs a ConnectionProvider above it')
  return connection
}

export function useApi(): Api {
  return useConnection().api
}
