/**
 * What shells load to complete `pond`. Each asks the hidden verb `complete` and only tells it what was
 * typed: all that is known about verbs, options and paths stays in one place.
 */

/** Bash cuts words at `:` and `=`, too; the verb gets the line as typed and answers with what bash replaces. */
const BASH = `# Completion of pond for bash: eval "$(pond completion bash)"
_pond() {
  local candidate
  COMPREPLY=()
  while IFS= read -r candidate; do
    COMPREPLY+=("$candidate")
  done < <("$1" complete --line "\${COMP_LINE:0:COMP_POINT}" --breaks "$COMP_WORDBREAKS" 2>/dev/null)
  if [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *[/:=] ]]; then compopt -o nospace; fi
}
complete -o nosort -F _pond pond
`

const ZSH = `#compdef pond
# Completion of pond for zsh: eval "$(pond completion zsh)"
_pond() {
  local -a found open closed
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@Q)words[2,CURRENT-1]}" "\${(Q)PREFIX}" 2>/dev/null)}")
  found=("\${(@)found:#}")
  open=("\${(@M)found:#*[/:=]}")
  closed=("\${(@)found:#*[/:=]}")
  (( $#open )) && compadd -S '' -- "\${open[@]}"
  (( $#closed )) && compadd -- "\${closed[@]}"
}
compdef _pond pond
`

const FISH = `# Completion of pond for fish: pond completion fish | source
function __pond_complete
  set -l words (commandline -opc)
  set -l typed (string unescape -- (commandline -ct); or string trim -l -c \\"\\' -- (commandline -ct))
  command $words[1] complete -- $words[2..-1] "$typed" 2>/dev/null
end
complete -c pond -f -a '(__pond_complete)'
`

export const SCRIPTS = { bash: BASH, zsh: ZSH, fish: FISH } as const
