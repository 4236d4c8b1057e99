import type { Command, Option } from 'commander';

export const shells = ['bash', 'zsh', 'fish'] as const;
export type Shell = (typeof shells)[number];

/** What can follow the words of a command. */
interface Completions {
  /** The command and, where it is one of another, that before it; none for the program itself. */
  path: string;
  /** Its commands, and the choices of its arguments. */
  commands: readonly { name: string; about: string }[];
  options: readonly { flag: string; about: string; takesValue: boolean; choices: readonly string[] }[];
}

/** Returns the script that completes the program's command lines in a shell, from the commands and options themselves. */
export function completionScript(program: Command, shell: Shell): string {
  const all = collect(program, '');
  return { bash: bashScript, zsh: zshScript, fish: fishScript }[shell](all);
}

function collect(command: Command, path: string): Completions[] {
  const { commands } = command;
  const own = {
    path,
    commands: [
      ...commands.map((each) => ({ name: each.name(), about: each.description() })),
      ...command.registeredArguments.flatMap(({ argChoices = [], description }) =>
        argChoices.map((name) => ({ name, about: description })),
      ),
    ],
    options: command.options.filter(({ long }) => long !== undefined).map(describe),
  };
  return [own, ...commands.flatMap((each) => collect(each, `${path} ${each.name()}`.trim()))];
}

function describe({ long, description, required, argChoices = [] }: Option): Completions['options'][number] {
  // Stand-ins such as cuda:N are no words.
  const choices = argChoices.filter((choice) => /^[\w-]+$/.test(choice));
  return { flag: long ?? '', about: description, takesValue: required, choices };
}

/**
 * The part that bash and zsh have in common: from the words `before` the present one it works out `candidates`, none where
 * a file may stand, and whether the present word is the value of an option.
 */
function findCandidates(all: readonly Completions[]): string {
  const paths = all.filter(({ path }) => path !== '').map(({ path }) => `'${path}'`);
  const values = all.flatMap(({ path, options }) =>
    options
      .filter(({ takesValue }) => takesValue)
      .map(({ flag, choices }) => `    '${path} ${flag}') isValue=1; candidates='${choices.join(' ')}' ;;`),
  );
  const flags = all.map(
    ({ path, options }) => `      '${path}') candidates='${join(options.map(({ flag }) => flag))}' ;;`,
  );
  const words = all.map(
    ({ path, commands }) => `      '${path}') candidates='${join(commands.map(({ name }) => name))}' ;;`,
  );
  return `  for word in "\${before[@]}"; do
    case "\${at:+$at }$word" in
      ${paths.join('|')}) at="\${at:+$at }$word" ;;
    esac
  done
  case "$at $previous" in
${values.join('\n')}
  esac
  if [ -z "$isValue" ]; then
    case "$current" in
    -*) case "$at" in
${flags.join('\n')}
      esac ;;
    *) case "$at" in
${words.join('\n')}
      esac ;;
    esac
  fi`;
}

function join(words: readonly string[]): string {
  return words.join(' ');
}

function bashScript(all: readonly Completions[]): string {
  return `# Completes imdb-torch in bash: eval "$(imdb-torch completion bash)"
_imdb_torch() {
  local current="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" at='' candidates='' isValue='' word
  local before=("\${COMP_WORDS[@]:1:COMP_CWORD-1}")
  # bash takes --option=value apart.
  if [ "$current" = '=' ]; then current=''
  elif [ "$previous" = '=' ]; then previous="\${COMP_WORDS[COMP_CWORD-2]}"; fi
${findCandidates(all)}
  # Without a candidate bash completes the names of files.
  COMPREPLY=($(compgen -W "$candidates" -- "$current"))
}
complete -o bashdefault -o default -F _imdb_torch imdb-torch
`;
}

function zshScript(all: readonly Completions[]): string {
  return `#compdef imdb-torch
# Completes imdb-torch in zsh, after compinit: eval "$(imdb-torch completion zsh)"
_imdb_torch() {
  local current="\${words[CURRENT]}" previous="\${words[CURRENT-1]}" at='' candidates='' isValue='' word
  local -a before
  before=("\${(@)words[2,CURRENT-1]}")
${findCandidates(all)}
  if [ -n "$candidates" ]; then compadd -- \${=candidates}; else _files; fi
}
compdef _imdb_torch imdb-torch
`;
}

function fishScript(all: readonly Completions[]): string {
  const quote = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
  const lines = all.flatMap(({ path, commands, options }) => {
    const names = path.split(' ').filter((name) => name !== '');
    const seen = names.map((name) => `__fish_seen_subcommand_from ${name}`);
    const others = commands.map(({ name }) => name).join(' ');
    const isOpen = others === '' ? [] : [`not __fish_seen_subcommand_from ${others}`];
    const condition = quote([...seen, ...isOpen].join('; and '));
    return [
      ...commands.map(({ name, about }) => `complete -c imdb-torch -n ${condition} -f -a ${name} -d ${quote(about)}`),
      ...options.map(({ flag, about, takesValue, choices }) => {
        const value = !takesValue ? '' : choices.length === 0 ? ' -r' : ` -x -a ${quote(choices.join(' '))}`;
        return `complete -c imdb-torch -n ${condition} -l ${flag.slice(2)}${value} -d ${quote(about)}`;
      }),
    ];
  });
  return `# Completes imdb-torch in fish: imdb-torch completion fish | source\n${lines.join('\n')}\n`;
}
