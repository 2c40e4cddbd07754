/** Says that a file has edits which are not saved. */
import classes from './unsaved-dot.module.css'

export function UnsavedDot() {
  return <span role="img" aria-label="Unsaved edits" title="Unsaved edits" className={classes.dot} />
}
