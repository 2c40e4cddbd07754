/** The main job in three pictures: put in, commit, look back. Drawn with the product's own signs. */
import classes from './steps.module.css'

export function Steps() {
  return (
    <ol className={classes.steps}>
      <li className={classes.step}>
        <div className={classes.picture} aria-hidden>
          <Row glyph="+" change="added" name="weather.csv" figure="1,461 rows" />
          <Row glyph="~" change="modified" name="sensors.parquet" figure="12.9 MB" />
          <Row glyph="−" change="deleted" name="old-notes.txt" figure="" />
        </div>
        <h2 className={classes.title}>Put files in</h2>
        <p className={classes.text}>
          Drop files and folders. Every change shows at once as pending, and can be taken back.
        </p>
      </li>
      <li className={classes.step}>
        <div className={classes.picture} aria-hidden>
          <svg viewBox="0 0 200 64" className={classes.line}>
            <path d="M12 32H188" stroke="var(--pond-border-strong)" strokeWidth="2" />
            {[12, 56, 100, 144].map((x) => (
              <circle key={x} cx={x} cy="32" r="5" fill="var(--pond-dim)" />
            ))}
            <circle cx="188" cy="32" r="8" fill="var(--pond-accent-fill)" />
            <path d="M184.500 32l2.500 2.500 4.500-5" fill="none" stroke="#fff" strokeWidth="1.800" />
          </svg>
        </div>
        <h2 className={classes.title}>Commit with a message</h2>
        <p className={classes.text}>Look at the difference, say why, commit. A version is whole or not there at all.</p>
      </li>
      <li className={classes.step}>
        <div className={classes.picture} aria-hidden>
          <pre className={classes.sql}>
            <b>SELECT</b> month, avg(temp){'\n'}
            <b>FROM</b> <i>'/weather.csv'</i>
            {'\n'}
            <span>at version 12 of 40</span>
          </pre>
        </div>
        <h2 className={classes.title}>Ask, now or as it was</h2>
        <p className={classes.text}>
          Drag the time slider: files and SQL answers show the pond as it was at any version.
        </p>
      </li>
    </ol>
  )
}

function Row({
  glyph,
  change,
  name,
  figure,
}: {
  readonly glyph: string
  readonly change: string
  readonly name: string
  readonly figure: string
}) {
  return (
    <div className={classes.row} data-change={change}>
      <span className={classes.glyph}>{glyph}</span>
      <span className={classes.file}>{name}</span>
      <span className={classes.figure}>{figure}</span>
    </div>
  )
}
