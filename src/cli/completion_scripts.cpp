#include "cli/completion.hpp"
#include "util/error.hpp"

namespace skerry::cli {
namespace {

constexpr std::string_view bash = R"sh(# completion of skerry for bash
_skerry() {
    local word=${COMP_WORDS[COMP_CWORD]} line offer
    local -a words=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
    # bash takes "--name=x" for three words
    if [[ $word == = ]]; then word=; fi
    if [[ ${#words[@]} -gt 0 && ${words[-1]} == = ]]; then unset 'words[-1]'; fi
    COMPREPLY=()
    while IFS= read -r line; do
        offer=${line%%$'\t'*}
        if [[ $offer == :files ]]; then
            compopt -o default
            return
        fi
        COMPREPLY+=("$(printf %q "$offer")")
    done < <(skerry __complete -- "${words[@]}" "$word" 2>/dev/null)
}
complete -F _skerry skerry
)sh";

constexpr std::string_view zsh = R"sh(#compdef skerry
# completion of skerry for zsh
_skerry() {
    local line
    local -a offers
    while IFS= read -r line; do
        if [[ $line == :files ]]; then
            _files
            return
        fi
        local value=${line%%$'\t'*} help=
        if [[ $line == *$'\t'* ]]; then help=${line#*$'\t'}; fi
        offers+=("${value//:/\\:}:$help")
    done < <(skerry __complete -- "${(@)words[2,CURRENT]}" 2>/dev/null)
    _describe 'skerry' offers
}
if [[ $funcstack[1] == _skerry ]]; then _skerry "$@"; else compdef _skerry skerry; fi
)sh";

constexpr std::string_view fish = R"sh(# completion of skerry for fish
function __skerry_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l offers (skerry __complete -- $words[2..-1] 2>/dev/null)
    if test "$offers" = :files
        __fish_complete_path (commandline -ct)
    else
        printf '%s\n' $offers
    end
end
complete -c skerry -f -a '(__skerry_complete)'
)sh";

} // namespace

std::string completion_script(std::string_view shell)
{
    if (shell == "bash") return std::string(bash);
    if (shell == "zsh") return std::string(zsh);
    if (shell == "fish") return std::string(fish);
    throw Error(Code::bad_request, "there is no completion for '" + std::string(shell) + "'");
}

} // namespace skerry::cli
