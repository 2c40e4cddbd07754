/**
 * The parts of a pane: the pane itself (a toolbar above a body that scrolls or fills), and strips for bars.
 * One-pixel borders, no cards.
 */
import { clsx } from './clsx'
import type { HTMLAttributes, ReactNode } from 'react'
import classes from './pane.module.css'

/** A column that fills its place: toolbars keep their height, the body takes the rest. */
export function Pane({ className, ...rest }: HTMLAttributes<HTMLDivElement>) {
  return <div className={clsx(classes.pane, className)} {...rest} />
}

/** The part of a pane that takes the room left; scrolls unless told to fill. */
export function PaneBody({
  fill = false,
  className,
  ...rest
}: HTMLAttributes<HTMLDivElement> & { readonly fill?: boolean }) {
  return <div className={clsx(classes.body, fill && classes.fill, className)} {...rest} />
}

/** A bar of controls, 36 px high. Name it when a pane has more than one. */
export function Toolbar({ label, className, ...rest }: HTMLAttributes<HTMLDivElement> & { readonly label?: string }) {
  return (
    <div
      className={clsx(classes.toolbar, className)}
      {...(label === undefined ? {} : { role: 'group', 'aria-label': label })}
      {...rest}
    />
  )
}

/** The label of a button with an icon; in a narrow pane the icon stands alone and this stays its name. */
export function Words({ children }: { readonly children: ReactNode }) {
  return <span className={classes.words}>{children}</span>
}

/** Pushes what follows to the far end of a toolbar. */
export function Spacer() {
  return <span className={classes.spacer} />
}

/** A hairline between groups of a toolbar. */
export function Rule() {
  return <span className={classes.rule} aria-hidden />
}

/** The name of a pane or a section, in a toolbar. */
export function PaneTitle({ children }: { readonly children: ReactNode }) {
  return <h2 className={classes.title}>{children}</h2>
}
