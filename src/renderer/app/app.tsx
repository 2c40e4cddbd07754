/**
 * The window: providers around one of three views. There is no host yet, there is a host but no pond
 * (welcome), or a pond is open (the shell).
 */
import { MantineProvider, localStorageColorSchemeManager } from '@mantine/core'
import { ModalsProvider } from '@mantine/modals'
import { Notifications } from '@mantine/notifications'
import { QueryClientProvider } from '@tanstack/react-query'
import { Suspense, use, useEffect, useState } from 'react'
import type { Connection } from '../connect'
import { ConnectionProvider, guardPage, useConnection, useSession, useTasks } from '../session'
import { createQueryClient } from '../session/query-client'
import { HostBridge } from './host-bridge'
import { Keys } from './keys'
import { useBuildCheck } from './page-build'
import { Palette } from './palette'
import { usePondLifetime } from './pond-lifetime'
import { Shell } from './shell'
import { Boundary, Starting, Unreachable } from './start'
import { cssVariables, theme } from './theme'
import { Welcome } from './welcome/welcome'

const colorScheme = localStorageColorSchemeManager({ key: 'duckpond.color-scheme' })

export function App({ connecting }: { readonly connecting: Promise<Connection> }) {
  const [queries] = useState(createQueryClient)
  return (
    <MantineProvider
      theme={theme}
      cssVariablesResolver={cssVariables}
      colorSchemeManager={colorScheme}
      defaultColorScheme="auto"
    >
      <QueryClientProvider client={queries}>
        <ModalsProvider>
          <Notifications position="bottom-right" limit={4} />
          <Boundary fallback={(failure) => <Unreachable failure={failure} />}>
            <Suspense fallback={<Starting />}>
              <Connected connecting={connecting} />
            </Suspense>
          </Boundary>
        </ModalsProvider>
      </QueryClientProvider>
    </MantineProvider>
  )
}

function Connected({ connecting }: { readonly connecting: Promise<Connection> }) {
  const connection = use(connecting)
  return (
    <ConnectionProvider value={connection}>
      <Views />
    </ConnectionProvider>
  )
}

function Views() {
  const { starting, failure, clearFailure } = usePondLifetime()
  const pond = useSession((s) => s.pond)
  const { kind } = useConnection()
  useBuildCheck()
  // The desktop app asks about its work by itself, and says how far it is.
  useEffect(() => guardPage(() => kind === 'web' && useTasks.getState().tasks.length > 0), [kind])
  return (
    <>
      <HostBridge />
      <Keys />
      <Palette />
      {starting ? (
        <Starting />
      ) : pond === null ? (
        <Welcome failure={failure} clearFailure={clearFailure} />
      ) : (
        <Shell key={pond.pondId} />
      )}
    </>
  )
}
