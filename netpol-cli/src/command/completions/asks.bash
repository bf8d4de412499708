
# Asks netpol what can follow: formats, rules, plugins, namespaces, workloads. Without an answer: flags and files.
_netpol() {
    local program="${1:-netpol}" current="${COMP_WORDS[COMP_CWORD]}" answers last
    local -a words
    if [[ -n "$COMP_LINE" ]]; then
        local line="${COMP_LINE:0:COMP_POINT}"
        read -r -a words <<< "$line"
        [[ "$line" == *[[:space:]] ]] && words+=("")
    else
        words=("${COMP_WORDS[@]:0:COMP_CWORD+1}")
    fi
    answers="$("$program" complete -- "${words[@]:1}" 2> /dev/null | cut -f 1)"
    if [[ -z "$answers" ]]; then
        _netpol_flags "$@"
        return
    fi
    mapfile -t COMPREPLY <<< "$answers"
    # Bash splits words at `:` and `=`, netpol does not: what is before the last part is there already.
    last="${words[${#words[@]} - 1]}"
    COMPREPLY=("${COMPREPLY[@]#"${last%"$current"}"}")
    [[ "${#COMPREPLY[@]}" == 1 && "${COMPREPLY[0]}" == */ ]] && compopt -o nospace 2> /dev/null
    return 0
}
