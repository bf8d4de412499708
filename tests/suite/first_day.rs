//! What somebody meets on the first day: help that pastes, flags where they come to mind, reports that can be read.

use std::process::Command;

use netpol_tests::corpus::say;

use crate::program::{Folder, Outcome, Run, pod};

/// Two workloads of the shop and what the examples of the help ask about.
fn shop() -> Folder {
    let policy = |name: &str, to: &str, from: &str| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  \
             podSelector: {{matchLabels: {{app: {to}}}}}\n  ingress:\n  - from:\n    - podSelector: {{matchLabels: {{app: {from}}}}}\n"
        )
    };
    let workload = |name: &str, port: u16| {
        format!(
            "---\napiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}, namespace: shop}}\nspec:\n  \
             selector: {{matchLabels: {{app: {name}}}}}\n  template:\n    metadata: {{labels: {{app: {name}}}}}\n    spec:\n      \
             containers:\n      - {{name: c, image: i, ports: [{{name: http, containerPort: {port}}}]}}\n"
        )
    };
    let workloads = workload("frontend", 80) + &workload("cart", 8080) + &workload("db", 5432);
    let policies = policy("cart", "cart", "frontend") + &policy("db", "db", "cart");
    let questions = "{\"from\":\"shop/frontend\",\"to\":\"shop/cart\",\"protocol\":\"TCP\",\"port\":8080}\n";
    let folder = Folder::with(&[("questions.jsonl", questions)]);
    folder.write("all.yaml", format!("{workloads}{policies}"));
    for name in ["manifests", "old", "new"] {
        folder.write(&format!("{name}/shop.yaml"), format!("{workloads}{policies}"));
    }
    folder
}

/// The commands of a help text: the lines below `Examples:`, without the prose behind `#`.
fn examples(help: &str) -> Vec<String> {
    let lines = help.lines().skip_while(|line| !line.starts_with("Examples:")).skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    let lines = lines.filter(|line| line.starts_with("  netpol") || line.contains("| netpol"));
    let lines = lines.inspect(|line| assert!(line.chars().count() <= 80, "{line}"));
    lines.map(|line| line.split("  #").next().unwrap().trim().to_owned()).collect()
}

/// The words of the last `netpol` of a line, as a shell would split them.
fn words(line: &str) -> Vec<String> {
    let commands = line.split(" | ").filter(|command| command.starts_with("netpol"));
    let command = commands.last().unwrap().split('>').next().unwrap();
    let mut words = vec![String::new()];
    let mut quote = None;
    for letter in command.chars() {
        match (quote, letter) {
            (Some(open), letter) if letter == open => quote = None,
            (None, '\'' | '"') => quote = Some(letter),
            (None, ' ') => words.push(String::new()),
            (_, letter) => words.last_mut().unwrap().push(letter),
        }
    }
    words.into_iter().skip(1).filter(|word| !word.is_empty()).collect()
}

const COMMANDS: [&str; 13] = [
    "",
    "can",
    "explain",
    "list",
    "path",
    "coverage",
    "diff",
    "graph",
    "lint",
    "rules",
    "completions",
    "man",
    "schema",
];

#[test]
fn every_example_of_every_help_can_be_pasted() {
    let folder = shop();
    let has_git =
        ["init -q -b main", "add -A", "commit -q -m first", "tag v1", "tag v2"].iter().all(|words| {
            let identity = ["-c", "user.name=t", "-c", "user.email=t@example.com"];
            let git =
                Command::new("git").args(identity).args(words.split(' ')).current_dir(folder.path()).output();
            git.is_ok_and(|output| output.status.success())
        });
    if !has_git {
        say("skipped in part: git cannot be run");
    }
    let manifests = std::fs::read_to_string(folder.path().join("manifests/shop.yaml")).unwrap();
    let mut number = 0;
    for command in COMMANDS {
        let help = Run::small().netpol(&format!("{command} --help"));
        assert_eq!(help.code, 0, "{command}");
        let pasted = examples(&help.stdout);
        assert!(!pasted.is_empty(), "`netpol {command} --help` has no example: {}", help.stdout);
        for line in pasted.iter().filter(|line| has_git || !line.contains("git:")) {
            let stdin = match line.strip_prefix("echo '") {
                Some(rest) => rest.split('\'').next().unwrap().to_owned(),
                None => manifests.clone(),
            };
            let words = words(line);
            let run = Run::at(folder.path()).stdin(stdin);
            let outcome = run.words(words.iter().map(String::as_str));
            assert!(outcome.code < 2 && !outcome.stderr.contains("error:"), "{line}: {outcome:?}");
            number += 1;
        }
    }
    assert!(number > 35, "{number} examples");
}

#[test]
fn every_spelling_of_the_help_is_understood() {
    let folder = shop();
    folder.write(
        "manifests/more.yaml",
        "{apiVersion: v1, kind: Node, metadata: {name: n1}, status: {addresses: [{type: InternalIP, address: 192.168.0.1}]}}",
    );
    folder.write("manifests/web.yaml", pod("web").replace("lab", "shop"));
    let help = Run::small().netpol("can --help").stdout;
    let lines = help.lines().skip_while(|line| !line.starts_with("Endpoints:")).skip(1);
    let spellings = lines.take_while(|line| line.starts_with("  ")).flat_map(|line| {
        let spellings = line.trim().split("  ").next().unwrap();
        spellings.split(", ").map(|it| it.trim_matches('\'').to_owned()).collect::<Vec<_>>()
    });
    let spellings: Vec<String> = spellings.collect();
    assert!(spellings.len() > 9, "{spellings:?}");
    for spelling in spellings {
        let outcome = Run::at(folder.path()).words(["can", "shop/web", spelling.as_str(), "manifests/"]);
        assert!(matches!(outcome.code, 0 | 1 | 4), "{spelling}: {outcome:?}");
    }
    for port in [":8080", ":80,443", ":udp/53", ":8000-8100", ":http", ":udp", ":8080/tcp"] {
        assert!(help.contains(port) || port == ":8080/tcp", "{port}");
        let outcome = folder.netpol(&format!("can shop/frontend shop/cart{port} manifests/"));
        assert!(matches!(outcome.code, 0 | 1 | 4), "{port}: {outcome:?}");
    }
}

fn same(one: &Outcome, other: &Outcome) {
    assert_eq!((one.code, &one.stdout), (other.code, &other.stdout), "{other:?}");
}

#[test]
fn manifests_stand_without_a_flag_and_flags_before_the_command() {
    let folder = shop();
    for command in ["list", "coverage", "graph", "graph -o json", "list --count", "lint -o concise"] {
        let flag = folder.netpol(&format!("{command} -f manifests/"));
        assert!(flag.code < 2, "{flag:?}");
        same(&flag, &folder.netpol(&format!("{command} manifests/")));
        same(&flag, &folder.netpol(&format!("-f manifests/ {command}")));
    }
    let can = folder.netpol("can shop/frontend shop/cart:8080 -f manifests/");
    assert_eq!(can.code, 0, "{can:?}");
    same(&can, &folder.netpol("can shop/frontend shop/cart:8080 manifests/"));
    same(&can, &folder.netpol("-n shop -f manifests/ can frontend cart:8080"));
    let path = folder.netpol("path shop/frontend shop/db -f manifests/");
    same(&path, &folder.netpol("path shop/frontend shop/db manifests/"));
    let many = folder.netpol("can --queries questions.jsonl -f manifests/");
    same(&many, &folder.netpol("can --queries questions.jsonl manifests/"));
    let slip = folder.netpol("can shop/frontend manifests/");
    assert!(slip.code == 2 && slip.stderr.contains("-f manifests"), "{slip:?}");
}

#[test]
fn several_files_and_namespaces_stand_between_commas() {
    let folder = shop();
    folder.write("a.yaml", pod("a"));
    folder.write("b.yaml", pod("b").replace("lab", "other"));
    folder.write("c.yaml", pod("c").replace("lab", "third"));
    let list = |words: &str| folder.netpol(&format!("list --expand -o csv {words}")).stdout;
    let all = list("-f a.yaml,b.yaml -f c.yaml");
    assert!(all.contains("lab/a") && all.contains("other/b") && all.contains("third/c"), "{all}");
    let two = list("-f {a,b,c}.yaml -n lab,other");
    assert!(two.contains("lab/a,third/c") && !two.contains("third/c,third/c"), "{two}");
    assert_eq!(list("-f {a,b,c}.yaml -n lab -A"), all);
    let both = folder.netpol("can -n lab,other a b -f a.yaml,b.yaml");
    assert!(both.code == 2 && both.stderr.contains("one namespace"), "{both:?}");
    let coverage = folder.netpol("coverage -o csv -n lab,third {a,b,c}.yaml").stdout;
    assert!(coverage.contains("lab/a") && coverage.contains("third/c") && !coverage.contains("other/b"));
}

#[test]
fn lint_keeps_to_the_namespaces_that_are_asked_for() {
    let policy = |namespace: &str| {
        format!(
            "---\napiVersion: networking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {{name: p, namespace: {namespace}}}\nspec: {{podSelector: {{}}, nonsense: 1}}\n"
        )
    };
    let folder = Folder::with(&[("a.yaml", &(policy("one") + &policy("two") + &policy("three")))]);
    let found = |words: &str| folder.netpol(&format!("lint -o json --select unknown-field {words}")).json();
    assert_eq!(found("")["diagnostics"].as_array().unwrap().len(), 3);
    let two = found("-n one,three");
    let objects: Vec<&str> = two["diagnostics"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["object"]["namespace"].as_str().unwrap())
        .collect();
    assert_eq!(objects, ["one", "three"]);
    folder.write("broken.yaml", "apiVersion: v1\nkind: [\n");
    assert_eq!(
        folder.netpol("lint -n one --select input").code,
        1,
        "a broken document may be of any namespace"
    );
}

#[test]
fn urls_and_the_ports_of_kubectl_are_understood() {
    let folder = shop();
    let can = |to: &str| folder.netpol(&format!("can shop/frontend {to} manifests/")).stdout;
    assert!(can("https://198.51.100.7:8443/health?x=1").contains("198.51.100.7 tcp/8443"));
    assert!(can("http://198.51.100.7").contains("198.51.100.7 tcp/80"));
    assert!(can("shop/cart:7070/tcp").contains("shop/cart tcp/7070"));
    assert!(can("shop/cart:80,443").contains("shop/cart tcp/80, tcp/443"), "{}", can("shop/cart:80,443"));
    let wire = folder.netpol("can shop/frontend shop/cart:80,443 manifests/ -o json").json();
    assert_eq!((&wire["protocol"], &wire["port"]), (&"TCP".into(), &"80,443".into()));
    let mixed = folder.netpol("can shop/frontend shop/cart:80,udp/53 manifests/ -o json").json();
    assert_eq!(mixed["port"], "tcp/80,udp/53");
    let list = folder.netpol("list --to shop/cart:8080,9090 -o csv manifests/").stdout;
    assert!(list.contains("shop/frontend,shop/cart,TCP,8080 9090,allow"), "{list}");
}

#[test]
fn all_addresses_have_one_name_in_every_format() {
    let folder = Folder::with(&[("a.yaml", &pod("a"))]);
    for words in [
        "list",
        "list -o csv",
        "list --expand",
        "list -o md",
        "list --expand -o md",
        "graph -o dot",
        "graph -o mermaid",
    ] {
        let report = folder.netpol(words).stdout;
        assert!(report.contains("outside"), "{words}: {report}");
        assert!(
            !report.contains("every address outside") && !report.contains("(internet)"),
            "{words}: {report}"
        );
    }
    let coverage = folder.netpol("coverage -o csv").stdout;
    assert!(coverage.contains(",outside,"), "{coverage}");
    assert!(folder.netpol("can outside lab/a:80").stdout.contains("ALLOW  outside -> lab/a tcp/80"));
    assert!(folder.netpol("list --from internet -o csv").stdout.contains("internet,lab/a"));
    let known =
        Folder::with(&[("a.yaml", &pod("a").replace("}\n", ", status: {podIPs: [{ip: 10.0.0.9}]}}\n"))]);
    assert!(known.netpol("list --from outside -o csv").stdout.contains("outside,lab/a"));
}

#[test]
fn no_line_of_a_table_is_wider_than_a_hundred_columns_whatever_the_environment_says() {
    let mut files = String::new();
    for number in 0..30 {
        files.push_str("---\n");
        files.push_str(&pod(&format!("a-rather-long-name-of-a-workload-{number}")));
    }
    for number in 0..25 {
        let policy = format!(
            "---\n{{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {{name: a-rather-long-name-of-a-policy-{number}, namespace: lab}}, spec: \
             {{podSelector: {{matchLabels: {{app: a-rather-long-name-of-a-workload-1}}}}, ingress: [{{from: [{{ipBlock: {{cidr: 10.{number}.0.0/16}}}}], \
             ports: [{{port: {0}}}, {{port: {1}}}]}}]}}}}\n",
            1000 + 2 * number,
            2000 + 2 * number
        );
        files.push_str(&policy);
    }
    let folder = Folder::with(&[("a.yaml", &files)]);
    folder.write("old/b.yaml", pod("a-rather-long-name-of-a-workload-1"));
    for words in [
        "list",
        "list --expand",
        "coverage",
        "path lab/a-rather-long-name-of-a-workload-2",
        "diff old a.yaml",
        "rules",
    ] {
        for columns in ["40", "400"] {
            let outcome = Run::at(folder.path()).variable("COLUMNS", columns).netpol(words);
            let widest = outcome.stdout.lines().map(|line| line.chars().count()).max().unwrap();
            assert!(outcome.code < 2 && widest <= 100, "{words}: {widest}: {}", outcome.stdout);
        }
    }
    let narrow = Run::at(folder.path()).on_a_terminal().columns(80).netpol("list --color never");
    let widest = narrow.stdout.lines().map(|line| line.chars().count()).max().unwrap();
    assert!(widest <= 80, "{}", narrow.stdout);
}

#[test]
fn a_report_file_tells_its_format_by_its_name() {
    let folder = shop();
    assert!(folder.netpol("lint manifests/ -o report.sarif -o out.xml").code < 2);
    let read = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(read("report.sarif").contains("\"2.1.0\"") && read("out.xml").starts_with("<?xml"));
    assert_eq!(folder.netpol("list manifests/ --output-format map.svg").code, 0);
    assert!(read("map.svg").starts_with("<svg"));
    assert_eq!(folder.netpol("list manifests/ -o report.sarif").code, 2, "a format of another command");
}

#[test]
fn junit_counts_as_failures_what_fails_the_run() {
    let folder = Folder::with(&[(
        "a.yaml",
        "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p}, spec: {podSelector: {matchLabels: {app: x}}}}\n---\n{apiVersion: v1, kind: Pod, metadata: {name: y, labels: {app: y}}, spec: {containers: [{name: c, image: i}]}}",
    )]);
    for level in ["error", "warning", "info", "never"] {
        let outcome = folder.netpol(&format!("lint -o junit --fail-on {level}"));
        let failures = outcome.stdout.matches("<failure").count();
        assert_eq!(outcome.code == 1, failures > 0, "{level}: {outcome:?}");
        assert!(outcome.stdout.contains(&format!("failures=\"{failures}\"")), "{level}");
    }
}

#[test]
fn a_path_that_is_not_there_stops_the_run_with_what_may_be_meant() {
    let folder = shop();
    let slip = folder.netpol("list manifest/");
    assert!(slip.code == 2 && slip.stdout.is_empty() && slip.stderr.contains("`manifests`"), "{slip:?}");
    let both = folder.netpol("list manifests/ manifest/");
    assert!(both.code == 2 && both.stdout.is_empty(), "{both:?}");
}

#[test]
fn what_an_answer_says_of_policies_is_no_error_where_the_run_ends_well() {
    let refused = "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: p, namespace: other}, spec: {podSelector: {}, ingress: [{ports: [{port: 0}]}]}}\n";
    let folder = Folder::with(&[("a.yaml", &format!("{}---\n{}---\n{refused}", pod("a"), pod("b")))]);
    let outcome = folder.netpol("can lab/a lab/b:80");
    assert!(outcome.code == 0 && !outcome.stderr.contains("error["), "{outcome:?}");
    assert!(outcome.stderr.contains("warning["), "{outcome:?}");
    assert!(folder.netpol("lint -o concise").stdout.contains("error["));
}

#[test]
fn policies_that_are_not_evaluated_are_one_line_a_kind() {
    let mut files = pod("a");
    for number in 0..24 {
        let policy = format!(
            "---\n{{apiVersion: projectcalico.org/v3, kind: GlobalNetworkPolicy, metadata: {{name: p-{number}}}, spec: {{}}}}\n"
        );
        files.push_str(&policy);
    }
    let folder = Folder::with(&[("a.yaml", &files)]);
    let outcome = folder.netpol("list");
    let told: Vec<&str> = outcome.stderr.lines().filter(|line| line.contains("GlobalNetworkPolic")).collect();
    assert!(told.len() == 1 && told[0].contains("24 GlobalNetworkPolicies are not evaluated"), "{outcome:?}");
    assert!(folder.netpol("list -v").stderr.matches("unevaluated-policy").count() >= 24);
}

#[test]
fn messages_name_the_next_step() {
    let folder = Folder::with(&[("a.yaml", &pod("server").replace(", namespace: lab", ""))]);
    let bare = folder.netpol("can argocd/server 10.0.0.1");
    assert!(bare.code == 2 && bare.stderr.contains("--default-namespace argocd"), "{bare:?}");
    let filter = folder.netpol("list -n argocd");
    assert!(filter.code == 2 && filter.stderr.contains("--default-namespace argocd"), "{filter:?}");
    let service = "{apiVersion: v1, kind: Service, metadata: {name: catalog, namespace: shop}, spec: {selector: {app: a}}}";
    let folder = Folder::with(&[("a.yaml", &format!("{}---\n{service}", pod("a")))]);
    let short = folder.netpol("can lab/a svc/catalog");
    assert!(short.code == 2 && short.stderr.contains("shop/svc/catalog"), "{short:?}");
    for (text, line) in [
        ("[cluster]\nplugin = 3\n", 2),
        ("\n[cluster]\npod-cidrs = \"10.0.0.0/8\"\n", 3),
        ("[lint]\nignore = [1]\n", 2),
    ] {
        folder.write("netpol.toml", text);
        let outcome = folder.netpol("list");
        assert!(
            outcome.code == 2 && outcome.stderr.contains(&format!("netpol.toml:{line}:")),
            "{text}: {outcome:?}"
        );
    }
}

#[test]
fn hidden_folders_with_manifests_are_noted() {
    let folder = Folder::with(&[
        ("a.yaml", &pod("a")),
        (".deploy/b.yaml", &pod("b")),
        (".github/w.yaml", "on: push\n"),
    ]);
    let outcome = folder.netpol("list");
    assert!(
        outcome.stderr.contains("`.deploy` is not read") && !outcome.stdout.contains("lab/b"),
        "{outcome:?}"
    );
    assert!(!outcome.stderr.contains(".github"), "{outcome:?}");
    assert!(folder.netpol("list -o csv . .deploy").stdout.contains("lab/b"));
}

#[test]
fn the_version_names_the_commit() {
    let version = Run::small().netpol("version");
    assert_eq!(version.code, 0);
    assert_eq!(version.stdout, Run::small().netpol("--version").stdout);
    assert!(version.stdout.starts_with("netpol 0."), "{version:?}");
}

#[test]
fn completions_know_formats_rules_plugins_and_what_is_in_the_input() {
    let folder = shop();
    let complete = |words: &[&str]| {
        let words = ["complete", "--"].into_iter().chain(words.iter().copied());
        let lines = Run::at(folder.path()).words(words).stdout;
        lines.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert!(complete(&["li"]).contains(&"lint".to_owned()) && complete(&[""]).contains(&"can".to_owned()));
    assert_eq!(complete(&["lint", "-o", "sa"]), ["sarif"]);
    assert_eq!(complete(&["list", "--output=j"]), ["--output=json"]);
    assert!(complete(&["list", "--plugin", "c"]).contains(&"calico".to_owned()));
    assert!(complete(&["lint", "--ignore", "dns-"]).contains(&"dns-egress-blocked".to_owned()));
    assert!(complete(&["rules", "half"]).contains(&"half-deny-all".to_owned()));
    assert_eq!(complete(&["list", "-f", "manifests", "-n", ""]), ["shop"]);
    assert_eq!(complete(&["can", "-f", "manifests", "shop/f"]), ["shop/frontend"]);
    assert_eq!(complete(&["-n", "shop", "can", "-f", "manifests", "frontend", "c"]), ["cart"]);
    assert_eq!(complete(&["list", "--to", "shop/d"]), ["shop/db"]);
    assert!(complete(&["can", "--f"]).contains(&"--filename".to_owned()));
    assert_eq!(complete(&["completions", "ku"]), ["kubectl"]);
}

#[test]
fn bash_runs_its_completions() {
    let script = Run::small().netpol("completions bash").stdout;
    let folder = Folder::with(&[("netpol.bash", &script)]);
    let typed = "netpol() { printf 'shop/frontend\\n'; }\nsource ./netpol.bash\nCOMP_LINE='netpol can shop/f'; COMP_POINT=${#COMP_LINE}\n\
                 COMP_WORDS=(netpol can shop/f); COMP_CWORD=2\n_netpol netpol shop/f can\necho \"${COMPREPLY[@]}\"\n";
    let Ok(output) = Command::new("bash").args(["-c", typed]).current_dir(folder.path()).output() else {
        say("skipped: bash cannot be run");
        return;
    };
    assert_eq!(String::from_utf8_lossy(&output.stdout), "shop/frontend\n", "{output:?}");
}

#[test]
fn manual_pages_have_the_usual_sections_and_keep_their_columns() {
    for words in ["man", "man lint", "man explain"] {
        let page = Run::small().netpol(words).stdout;
        for section in ["EXIT STATUS", "FILES", "ENVIRONMENT", "EXAMPLES"] {
            assert!(page.contains(&format!(".SH \"{section}\"")), "{words}: {section}: {page}");
        }
    }
    let page = Run::small().netpol("man explain").stdout;
    assert!(page.contains(".nf\n") && page.contains("  shop/cart              the workload"), "{page}");
}
