/** Completion for bash, from 4.0 on, without the package bash-completion. */
import { byOffer, isNothing, type Offer, type OfferedCommand } from './offers.ts';

/** A case of the places that offer the same. */
function offerCase(places: readonly string[], { words, paths }: Offer): string {
  const patterns = places.map((place) => `'${place}'`).join('|');
  const said = words.length === 0 ? '' : ` words='${words.join(' ')}'`;
  return `    ${patterns})${said} paths=${paths} ;;`;
}

export function bashScript(commands: readonly OfferedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [`'${path}'`]));
  const options = commands.map(
    ({ path, options }) =>
      `      '${path}') words='${options.map(({ flag }) => flag).join(' ')}' ;;`,
  );
  const operands = commands
    .filter(({ below, operand }) => below.length > 0 || !isNothing(operand))
    .map(({ path, below, operand }) =>
      offerCase(
        [path],
        below.length === 0 ? operand : { words: below.map(([name]) => name), paths: 'none' },
      ),
    );
  const values = byOffer(commands).map(({ places, offer }) => offerCase(places, offer));
  return `# bash completion for rss-err, by "rss-err completion bash": source it, or put it into
# \${XDG_DATA_HOME:-~/.local/share}/bash-completion/completions/rss-err

# What may follow the option $2 of the command $1; fails where it takes no value.
_rss_err_value() {
  case "$1 $2" in
${values.join('\n')}
    *) return 1 ;;
  esac
}

# What may stand behind the command $1 itself.
_rss_err_operand() {
  case "$1" in
${operands.join('\n')}
  esac
}

_rss_err() {
  local line="\${COMP_LINE:0:COMP_POINT}" path='' words='' paths=none given='' breaks='' index cur prev whole
  local -a typed
  # By blanks alone: readline parts words at ":" and "=" too.
  read -ra typed <<<"$line"
  [[ $line == *[[:space:]] ]] && typed+=('')
  whole="\${typed[\${#typed[@]} - 1]}"
  for ((index = 1; index < \${#typed[@]} - 1; index++)); do
    case "\${path:+$path }\${typed[index]}" in
      ${paths.join('|')}) path="\${path:+$path }\${typed[index]}" ;;
      help) ;;
      *) break ;;
    esac
  done
  cur="$whole"
  prev="\${typed[\${#typed[@]} - 2]}"
  if [[ $cur == --*=* ]]; then
    prev="\${cur%%=*}"
    given="$prev="
    cur="\${cur#*=}"
    _rss_err_value "$path" "$prev"
  elif [[ $cur == -* ]]; then
    case "$path" in
${options.join('\n')}
    esac
  else
    _rss_err_value "$path" "$prev" || _rss_err_operand "$path"
  fi
  # Behind "scheme:key=value," the scheme's other parameters.
  if [[ $cur == *:*,* && $paths == none ]]; then
    local scheme="\${cur%%:*}" before="\${cur%,*}," word kept=''
    for word in $words; do [[ $word == "$scheme:"* ]] && kept+=" $before\${word#*:}"; done
    words="$kept"
  fi
  local IFS=$'\\n'
  COMPREPLY=($(compgen -W "\${words// /$IFS}" -- "$cur"))
  if [[ $paths != none ]]; then
    compopt -o filenames 2>/dev/null
    COMPREPLY+=($(if [[ $paths == folders ]]; then compgen -d -- "$cur"; else compgen -f -- "$cur"; fi))
  fi
  [[ \${#COMPREPLY[@]} -eq 1 && \${COMPREPLY[0]} == *= ]] && compopt -o nospace 2>/dev/null
  # Of what readline takes for words of their own only the last is put in again.
  [[ $COMP_WORDBREAKS == *:* ]] && breaks+=:
  [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='
  if [[ -n $breaks && $whole == *[$breaks]* ]]; then
    local cut="\${whole%"\${whole##*[$breaks]}"}"
    for index in "\${!COMPREPLY[@]}"; do
      COMPREPLY[index]="$given\${COMPREPLY[index]}"
      COMPREPLY[index]="\${COMPREPLY[index]#"$cut"}"
    done
  elif [[ -n $given ]]; then
    COMPREPLY=("\${COMPREPLY[@]/#/$given}")
  fi
}

complete -F _rss_err rss-err
`;
}
