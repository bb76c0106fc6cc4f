/** Completion for zsh, by its own completion system. */
import { isNothing, type Offer, type OfferedCommand, type OfferedOption } from './offers.ts';

const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

/** In a spec of _arguments brackets and colons have a meaning. */
const escaped = (text: string) => text.replace(/[[\]:\\]/g, (sign) => `\\${sign}`);

/** An action of _arguments. */
function action({ words, paths }: Offer): string {
  const kind = paths === 'files' ? '_files' : paths === 'folders' ? '_files -/' : '';
  if (words.length === 0) return kind === '' ? ' ' : kind;
  const isScheme = words.some((word) => word.includes(':'));
  const said = isScheme ? `_rss_err_schemes ${words.map(escaped).join(' ')}` : '';
  if (isScheme) return said;
  return kind === '' ? `(${words.join(' ')})` : `_rss_err_words_or_files ${words.join(' ')}`;
}

function optionSpec({ flag, description, value, repeatable }: OfferedOption): string {
  const star = repeatable ? '*' : '';
  const names = flag === '--help' ? ['-h', flag] : flag === '--version' ? ['-V', flag] : [flag];
  const told = `[${escaped(description)}]`;
  const takes =
    value === null ? '' : `${value.optional ? '::' : ':'}${escaped(value.name)}:${action(value)}`;
  const equals = value === null || value.optional ? '' : '=';
  return names
    .map((name) => `      ${quoted(`${star}${name}${equals}${told}${takes}`)}`)
    .join(' \\\n');
}

/** What may stand behind the command itself. */
function places({ below, operand }: OfferedCommand): string[] {
  if (below.length > 0) {
    const told = below.map(([name, description]) => `${name}\\:${quotedWord(description)}`);
    return [`      ${quoted(`1:command:((${told.join(' ')}))`)}`];
  }
  return isNothing(operand) ? [] : [`      ${quoted(`*: :${action(operand)}`)}`];
}

function commandCase(command: OfferedCommand): string {
  const specs = [...command.options.map(optionSpec), ...places(command)];
  return `    ${quoted(command.path)})\n      _arguments \\\n${specs.join(' \\\n')}\n      ;;`;
}

/** A description within "((name\:description))". */
const quotedWord = (text: string) => `"${text.replace(/["\\$`:]/g, (sign) => `\\${sign}`)}"`;

export function zshScript(commands: readonly OfferedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [quoted(path)]));
  return `#compdef rss-err
# zsh completion for rss-err, by "rss-err completion zsh": put it into a folder of $fpath as _rss-err

# Schemes; behind "scheme:key=value," the scheme's other parameters.
_rss_err_schemes() {
  local -a offered
  local scheme=\${PREFIX%%:*}
  if [[ $PREFIX == *:*,* ]]; then
    compset -P '*,'
    offered=(\${\${(M)@:#\${scheme}:*}#\${scheme}:})
  else
    offered=("$@")
  fi
  compadd -S '' -- \${(M)offered:#*=}
  compadd -- \${offered:#*=}
}

_rss_err_words_or_files() {
  compadd -- "$@"
  _files
}

_rss_err() {
  local at='' word
  while (( CURRENT > 2 )); do
    word="\${at:+$at }\${words[2]}"
    case $word in
      (${paths.join('|')}) at=$word ;;
      (help) ;;
      (*) break ;;
    esac
    words[2]=()
    (( CURRENT-- ))
  done
  case $at in
${commands.map(commandCase).join('\n')}
  esac
}

if [[ $funcstack[1] == _rss_err || $funcstack[1] == _rss-err ]]; then
  _rss_err "$@"
else
  compdef _rss_err rss-err
fi
`;
}
