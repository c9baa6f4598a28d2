import { Argument } from 'commander';
import type { Command } from 'commander';
import type { CliIo } from './cli-io.js';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

/** A command with its options and what comes below it. */
interface Offer {
  readonly path: readonly string[];
  readonly words: readonly string[];
}

/** `completion bash|zsh|fish`: a script that completes commands and options, made from the commands there are. */
export function addCompletion(program: Command, io: CliIo): void {
  program
    .command('completion')
    .description('print a script for the shell that completes commands and options')
    .addArgument(new Argument('<shell>', 'which shell').choices(SHELLS))
    .addHelpText('after', '\nbash: source <(dog-trainer completion bash); fish: dog-trainer completion fish | source')
    .action((shell: Shell) => io.out(script(shell, offersOf(program))));
}

function offersOf(command: Command, path: readonly string[] = []): readonly Offer[] {
  const below = command.commands;
  const options = [...command.options.map(({ long, short }) => long ?? short ?? ''), '--help'];
  const choices = command.registeredArguments.flatMap(({ argChoices }) => argChoices ?? []);
  return [
    { path, words: [...below.map((one) => one.name()), ...choices, ...options] },
    ...below.flatMap((one) => offersOf(one, [...path, one.name()])),
  ];
}

function script(shell: Shell, offers: readonly Offer[]): string {
  const names = new Set(offers.flatMap(({ path }) => path));
  const cases = offers.map(({ path, words }) => `    '${path.join(' ')}') words='${words.join(' ')}' ;;`).join('\n');
  if (shell === 'fish') {
    return offers
      .map(({ path, words }) => {
        const seen = path.map((name) => `; and __fish_seen_subcommand_from ${name}`).join('');
        const condition = path.length === 0 ? '__fish_use_subcommand' : `true${seen}`;
        return words
          .map((word) =>
            word.startsWith('--')
              ? `complete -c dog-trainer -n '${condition}' -l ${word.slice(2)}`
              : `complete -c dog-trainer -f -n '${condition}' -a ${word}`,
          )
          .join('\n');
      })
      .join('\n')
      .concat('\n');
  }
  const body = `_dog_trainer() {
  local word path='' words=''
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    case " ${[...names].join(' ')} " in *" $word "*) path="\${path:+$path }$word" ;; esac
  done
  case "$path" in
${cases}
  esac
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
  [ \${#COMPREPLY[@]} -gt 0 ] || COMPREPLY=($(compgen -f -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -F _dog_trainer dog-trainer
`;
  return shell === 'bash' ? body : `#compdef dog-trainer\nautoload -U +X bashcompinit && bashcompinit\n${body}`;
}
