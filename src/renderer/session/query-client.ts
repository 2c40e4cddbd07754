/** The cache of what was read. Nothing refetches by itself: keys carry the news, see `hooks.ts`. */
import { QueryClient } from '@tanstack/react-query'
import { failureOf } from './failure'

export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: Infinity,
        gcTime: 60_000,
        refetchOnWindowFocus: false,
        refetchOnReconnect: false,
        networkMode: 'always',
        // Only a broken wire is worth asking again; every other failure is an answer.
        retry: (count, error) => count < 3 && failureOf(error).code === 'web.disconnected',
        retryDelay: 500,
      },
      mutations: { networkMode: 'always', retry: false },
    },
  })
}
