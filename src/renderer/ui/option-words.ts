/** Options of the command line as the window calls them: the engine's messages name the option that helps. */

/** As the fields of the dialog *How this file is read*. */
const FIELDS: Readonly<Record<string, string>> = {
  '--bad-lines skip': 'Lines of another width',
  '--bad-lines': 'Lines of another width',
  '--decimal': 'Decimal mark',
  '--delim': 'Between values',
  '--encoding': 'Encoding',
  '--header': 'Header',
  '--null': 'Texts that mean no value',
  '--quote': 'Quotes',
  '--range': 'Range of cells',
  '--sheet': 'Sheet',
  '--skip': 'Lines above the table',
  '--timestamp-format': 'Formats of times',
  '--timezone': 'Zone of times that have none',
  '--types': 'Type',
}
const OPTION = new RegExp(`(?<![\\w-])(${Object.keys(FIELDS).join('|')})(?![\\w-])`, 'g')

export function withFieldNames(message: string): string {
  return message.replace(OPTION, (option) => `“${FIELDS[option]!}”`)
}
