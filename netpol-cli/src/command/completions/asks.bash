
# Asks netpol what can follow: formats, rules, plugins, namespaces, workloads. Without an answer: flags and files.
_netpol_asks() {
    local line="${COMP_LINE:0:COMP_POINT}" current="${COMP_WORDS[COMP_CWORD]}" answers last
    local -a words
    read -r -a words <<< "$line"
    [[ "$line" == *[[:space:]] ]] && words+=("")
    answers="$(netpol complete -- "${words[@]:1}" 2> /dev/null | cut -f 1)"
    if [[ -z "$answers" ]]; then
        _netpol "$@"
        return
    fi
    mapfile -t COMPREPLY <<< "$answers"
    # Bash splits words at `:` and `=`, netpol does not: what is before the last part is there already.
    last="${words[${#words[@]} - 1]}"
    COMPREPLY=("${COMPREPLY[@]#"${last%"$current"}"}")
    [[ "${#COMPREPLY[@]}" == 1 && "${COMPREPLY[0]}" == */ ]] && compopt -o nospace 2> /dev/null
    return 0
}
complete -o bashdefault -o default -F _netpol_asks netpol
