/** `pkg0 completion`: scripts for bash and zsh, from the table of commands. */
import { type Command, command, type Option, placeholderOf } from "./command.ts";
import { print } from "./output.ts";

/** `commands` is a function, because the list contains this command itself. */
export function completionCommand(commands: () => { readonly [name: string]: Command }): Command {
  return command({
    about: "a script that completes commands, options and their values",
    options: {
      shell: { kind: "choice", words: ["bash", "zsh"], default: "bash", about: "the shell" },
    },
    notes: [
      'In ~/.bashrc: eval "$(pkg0 completion)". In ~/.zshrc, after compinit: eval "$(pkg0 completion --shell zsh)".',
    ],
    examples: ["pkg0 completion >> ~/.bashrc", "pkg0 completion --shell zsh >> ~/.zshrc"],
    async run(values) {
      print(
        values.shell === "zsh"
          ? `autoload -U bashcompinit && bashcompinit\n${scriptOf(commands())}`
          : scriptOf(commands()),
      );
      return 0;
    },
  });
}

function scriptOf(commands: { readonly [name: string]: Command }): string {
  const values: string[] = [];
  const options: string[] = [];
  for (const [name, command] of Object.entries(commands)) {
    const names = [...Object.keys(command.options).map(option => `--${option}`), "--help"];
    options.push(`    ${name}) words="${names.join(" ")}" ;;`);
    for (const [option, one] of Object.entries(command.options)) {
      if (one.kind !== "flag") values.push(`    "${name} --${option}") ${replyOf(one)}; return ;;`);
    }
  }
  return `_pkg0() {
  local word="\${COMP_WORDS[COMP_CWORD]}" previous="\${COMP_WORDS[COMP_CWORD-1]}" words=""
  case "\${COMP_WORDS[1]} $previous" in
${values.join("\n")}
  esac
  case "\${COMP_WORDS[1]}" in
${options.join("\n")}
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${Object.keys(commands).join(" ")} --help --version"
  COMPREPLY=($(compgen -W "$words" -- "$word"))
}
complete -F _pkg0 pkg0`;
}

/** The shell command that completes the value of an option. */
function replyOf(option: Option): string {
  if (option.kind === "choice") return `COMPREPLY=($(compgen -W "${option.words.join(" ")}" -- "$word"))`;
  const value = placeholderOf(option);
  if (value === "DIR") return 'COMPREPLY=($(compgen -d -- "$word"))';
  return value === "FILE" || value === "DEVICE" ? 'COMPREPLY=($(compgen -f -- "$word"))' : "COMPREPLY=()";
}
