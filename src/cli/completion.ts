import { Argument } from 'commander';
import type { Command } from 'commander';
import type { CliIo } from './cli-io.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** A command: its options, and what may come below or after it. */
interface Offer {
  readonly path: readonly string[];
  readonly options: readonly string[];
  readonly words: readonly string[];
}

/** `completion bash|zsh|fish`: a script that completes commands and options, made from the commands there are. */
export function addCompletion(program: Command, io: CliIo): void {
  program
    .command('completion')
    .description('print a script for the shell that completes commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText(
      'after',
      '\nbash: source <(dog-trainer completion bash)\nzsh, after compinit: source <(dog-trainer completion zsh)\nfish: dog-trainer completion fish | source',
    )
    .action((shell: Shell) => io.out(script(shell, offersOf(program))));
}

function offersOf(command: Command, path: readonly string[] = []): readonly Offer[] {
  const below = command.commands;
  const options = [...command.options.map(({ long, short }) => long ?? short ?? ''), '--help'];
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [
    { path, options, words: [...below.map((one) => one.name()), ...choices] },
    ...below.flatMap((one) => offersOf(one, [...path, one.name()])),
  ];
}

function script(shell: Shell, offers: readonly Offer[]): string {
  return shell === 'fish' ? fishScript(offers) : shell === 'zsh' ? zshScript(offers) : bashScript(offers);
}

// Options where a word begins with a dash; else commands and choices; where there are none, names of files.

function bashScript(offers: readonly Offer[]): string {
  return `_dog_trainer() {
  local word path='' options='' below=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
${stepInto('path', offers)}
  done
${offered('path', offers)}
  case "\${COMP_WORDS[COMP_CWORD]}" in -*) below="$options" ;; esac
  COMPREPLY=($(compgen -W "$below" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _dog_trainer dog-trainer
`;
}

/** Native: in zsh's stand-in for bash's completion the same function does not run. */
function zshScript(offers: readonly Offer[]): string {
  return `#compdef dog-trainer
_dog_trainer() {
  local word known='' options='' below=''
  for word in "\${(@)words[2,CURRENT-1]}"; do
${stepInto('known', offers)}
  done
${offered('known', offers)}
  [[ $PREFIX == -* ]] && below="$options"
  compadd -- \${=below} || _files
}
if [[ "\${funcstack[1]}" == _dog_trainer ]]; then
  _dog_trainer "$@"
else
  compdef _dog_trainer dog-trainer
fi
`;
}

/** A word that names a command below those before it; values of options do not. */
function stepInto(variable: string, offers: readonly Offer[]): string {
  const paths = offers.filter(({ path }) => path.length > 0).map(({ path }) => `'${path.join(' ')}'`);
  const next = `"\${${variable}:+$${variable} }$word"`;
  return `    case ${next} in ${paths.join('|')}) ${variable}=${next} ;; esac`;
}

function offered(variable: string, offers: readonly Offer[]): string {
  const cases = offers.map(
    ({ path, options, words }) =>
      `    '${path.join(' ')}') options='${options.join(' ')}' below='${words.join(' ')}' ;;`,
  );
  return [`  case "$${variable}" in`, ...cases, '  esac'].join('\n');
}

function fishScript(offers: readonly Offer[]): string {
  const lines = offers.flatMap(({ path, options, words }) => {
    const seen = path.map((name) => `; and __fish_seen_subcommand_from ${name}`).join('');
    const condition = path.length === 0 ? '__fish_use_subcommand' : `true${seen}`;
    const before =
      path.length === 0 || words.length === 0 ? '' : `; and not __fish_seen_subcommand_from ${words.join(' ')}`;
    return [
      ...words.map((word) => `complete -c dog-trainer -f -n '${condition}${before}' -a ${word}`),
      ...options.map((option) => `complete -c dog-trainer -n '${condition}' -l ${option.slice(2)}`),
    ];
  });
  return `${lines.join('\n')}\n`;
}
