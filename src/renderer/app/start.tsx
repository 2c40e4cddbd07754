/** What is drawn before there is a window: waiting for the host, or why it cannot be reached. */
import { Button, Loader } from '@mantine/core'
import { Component, type ErrorInfo, type ReactNode } from 'react'
import { failureOf, type Failure } from '../session'
import { ErrorState } from '../ui'
import classes from './start.module.css'

export function Starting() {
  return (
    <main className={classes.start} aria-busy="true">
      <p className={classes.waiting} role="status">
        <Loader size={14} /> Opening…
      </p>
    </main>
  )
}

export function Unreachable({ failure }: { readonly failure: Failure }) {
  return (
    <main className={classes.start}>
      <ErrorState
        title="DuckPond cannot start in this window"
        failure={failure}
        action={<Button onClick={() => location.reload()}>Try again</Button>}
      />
    </main>
  )
}

/** Draws a failure of what is inside instead of leaving an empty window. */
export class Boundary extends Component<
  { readonly fallback: (failure: Failure, again: () => void) => ReactNode; readonly children: ReactNode },
  { readonly failure: Failure | null }
> {
  override state = { failure: null }

  static getDerivedStateFromError(error: unknown): { readonly failure: Failure } {
    const failure = failureOf(error)
    // What a library threw is for the console; a person learns what it means for the work.
    if (failure.code !== 'internal') return { failure }
    return { failure: { ...failure, message: 'Drawing it went wrong. Nothing in the pond has changed' } }
  }

  readonly again = (): void => this.setState({ failure: null })

  override componentDidCatch(error: unknown, info: ErrorInfo): void {
    // oxlint-disable-next-line no-console -- where a developer looks; the page itself shows no stack
    console.error('drawing failed', error, info.componentStack)
  }

  override render(): ReactNode {
    return this.state.failure === null ? this.props.children : this.props.fallback(this.state.failure, this.again)
  }
}
