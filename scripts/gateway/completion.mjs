/** `completion SHELL`: prints the script by which a shell completes the command. */

/*
 * The scripts pass the words of the command line to `msa-gateway __complete`, which reads the tables of the commands: a
 * script that was installed once knows the commands and options of the version that runs. Without candidates, the shell
 * completes the names of files.
 */

// Bash splits words at ":" and "=", and replaces only what follows: the words are taken from the line.
const BASH = `# bash completion for msa-gateway: eval "$(msa-gateway completion bash)"
_msa_gateway() {
  local line=\${COMP_LINE:0:COMP_POINT} words current candidate
  read -ra words <<<"$line"
  [[ $line == *[[:space:]] ]] && words+=('')
  current=\${words[\${#words[@]} - 1]}
  COMPREPLY=()
  while IFS=$'\\t' read -r candidate _; do
    [[ -n $candidate ]] && COMPREPLY+=("\${candidate#"\${current%"\${current##*[:=]}"}"}")
  done < <("\${words[0]}" __complete "\${words[@]:1}" 2>/dev/null)
}
complete -o default -F _msa_gateway msa-gateway`;

const ZSH = `#compdef msa-gateway
# zsh completion for msa-gateway: eval "$(msa-gateway completion zsh)" after compinit
_msa_gateway() {
  local tab=$'\\t'
  local -a lines candidates descriptions
  lines=("\${(@f)$("\${words[1]}" __complete "\${(@Q)words[2,CURRENT]}" 2>/dev/null)}")
  candidates=("\${(@)\${(@)lines%%$tab*}:#}")
  descriptions=("\${(@)lines/$tab/  -- }")
  if (( \${#candidates} )); then
    compadd -l -d descriptions -a candidates
  else
    compset -P '--*='
    _files
  fi
}
compdef _msa_gateway msa-gateway`;

const SCRIPTS = { bash: BASH, zsh: ZSH };

export const command = {
  summary: 'prints the script by which a shell completes commands, options, services and instances',
  positionals: { shell: { value: 'SHELL', values: Object.keys(SCRIPTS), help: 'bash or zsh' } },
  notes: [
    'For the present shell, and in ~/.bashrc or ~/.zshrc for later ones: eval "$(msa-gateway completion SHELL)". Services and instances are those of the gateway that --gateway or GATEWAY_URL names.',
  ],
  exitCodes: { 0: 'printed' },
  run: ({ shell }) => {
    console.log(SCRIPTS[shell]);
    return 0;
  },
};
