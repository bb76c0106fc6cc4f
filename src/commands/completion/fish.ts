/** Completion for fish. */
import { isNothing, type Offer, type OfferedCommand, type OfferedOption } from './offers.ts';

const quoted = (text: string) => `'${text.replace(/[\\']/g, (sign) => `\\${sign}`)}'`;

/** Arguments of `complete` that say what may stand there. */
function offerWords({ words, paths }: Offer): string {
  const said = words.some((word) => word.includes(':'))
    ? ` -a ${quoted(`(__rss_err_schemes ${words.join(' ')})`)}`
    : words.length === 0
      ? ''
      : ` -a ${quoted(words.join(' '))}`;
  const folders = paths === 'folders' ? " -a '(__fish_complete_directories)'" : '';
  return `${paths === 'files' ? ' -F' : ' -f'}${said}${folders}`;
}

function optionLine(at: string, { flag, description, value }: OfferedOption): string {
  const takes = value === null ? '' : `${value.optional ? '' : ' -r'}${offerWords(value)}`;
  const short = flag === '--help' ? ' -s h' : flag === '--version' ? ' -s V' : '';
  return `complete -c rss-err${at} -l ${flag.slice(2)}${short}${takes} -d ${quoted(description)}`;
}

function commandLines({ path, options, operand, below }: OfferedCommand): string[] {
  const at = ` -n ${quoted(`__rss_err_at ${path}`.trim())}`;
  const names = below.map(
    ([name, description]) => `complete -c rss-err${at} -f -a ${name} -d ${quoted(description)}`,
  );
  return [
    '',
    ...names,
    ...(isNothing(operand) ? [] : [`complete -c rss-err${at}${offerWords(operand)}`]),
    ...options.map((each) => optionLine(at, each)),
  ];
}

export function fishScript(commands: readonly OfferedCommand[]): string {
  const paths = commands.flatMap(({ path }) => (path === '' ? [] : [quoted(path)]));
  return `# fish completion for rss-err, by "rss-err completion fish": put it into
# ~/.config/fish/completions/rss-err.fish

# Whether the command line is that of the command whose words are given.
function __rss_err_at
    set -l path
    for word in (commandline -opc)[2..-1]
        test "$word" = help; and continue
        contains -- (string join -- ' ' $path $word) ${paths.join(' ')}; or break
        set -a path $word
    end
    test "$path" = "$argv"
end

# Schemes; behind "scheme:key=value," the scheme's other parameters.
function __rss_err_schemes
    set -l token (commandline -ct)
    set -l scheme (string match -r '^(?:--[^=]*=)?([\\w-]+):.*,' -- $token)[2]
    if test -z "$scheme"
        printf '%s\\n' $argv
        return
    end
    set -l before (string replace -r '^--[^=]*=' '' -- $token | string replace -r '[^,]*$' '')
    for word in $argv
        string match -q -- "$scheme:*" $word; and echo $before(string replace "$scheme:" '' -- $word)
    end
end

complete -c rss-err -f
${commands.flatMap(commandLines).join('\n')}
`;
}
