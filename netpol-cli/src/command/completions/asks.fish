
# Asks netpol what can follow: formats, rules, plugins, namespaces, workloads.
complete -c netpol -a '(netpol complete -- (commandline -opc)[2..-1] (commandline -ct) 2> /dev/null)'
