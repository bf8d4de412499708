
# Asks netpol what can follow: formats, rules, plugins, namespaces, workloads. Without an answer: flags and files.
_netpol_asks() {
    local -a answers
    answers=("${(@f)$("$words[1]" complete -- "${(@)words[2,CURRENT]}" 2> /dev/null | cut -f 1)}")
    if [[ -n "${answers[1]}" ]]; then
        compadd -U -S '' -- "${(@)answers}"
    else
        _netpol "$@"
    fi
}

if [ "$funcstack[1]" = "_netpol" ]; then
    _netpol_asks "$@"
else
    compdef _netpol_asks netpol
fi
