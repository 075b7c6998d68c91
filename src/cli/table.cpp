#include "cli/table.hpp"

#include "cli/display.hpp"

#include <algorithm>
#include <cctype>
#include <limits>

namespace skerry::cli {
namespace {

constexpr std::size_t gap = 2;

std::string upper(std::string_view text)
{
    std::string result(text);
    std::transform(result.begin(), result.end(), result.begin(),
                   [](unsigned char letter) { return static_cast<char>(std::toupper(letter)); });
    return result;
}

std::string tab_separated(const std::vector<std::vector<Cell>>& rows)
{
    std::string text;
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) text += (i > 0 ? "\t" : "") + harmless_line(row[i].text);
        text += '\n';
    }
    return text;
}

/// Takes columns away from the widest of those that may shrink until all fit into `room`, as far as possible.
void shrink(std::vector<std::size_t>& widths, const std::vector<Column>& columns, std::size_t room)
{
    constexpr std::size_t narrowest = 6;
    std::size_t total = gap * (widths.size() - 1);
    for (const auto width : widths) total += width;
    while (total > room) {
        std::size_t* widest = nullptr;
        for (std::size_t i = 0; i < widths.size(); ++i)
            if (columns[i].shrinks && widths[i] > narrowest && (widest == nullptr || widths[i] > *widest))
                widest = &widths[i];
        if (widest == nullptr) return;
        --*widest;
        --total;
    }
}

} // namespace

std::vector<std::size_t> Table::widths(std::size_t room) const
{
    std::vector<std::size_t> result;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        auto width = display_width(columns_[i].title);
        for (const auto& row : rows_) width = std::max(width, display_width(harmless_line(row[i].text)));
        result.push_back(width);
    }
    shrink(result, columns_, room);
    return result;
}

std::string Table::aligned(const Stream& stream) const
{
    const auto room = widths(stream.width());
    const auto line = [&](const auto& text_of, const auto& paint_of) {
        std::string result;
        for (std::size_t i = 0; i < columns_.size(); ++i) {
            const bool last = i + 1 == columns_.size();
            const auto text = fit(text_of(i), room[i]);
            const auto shown = last && !columns_[i].right ? text : padded(text, room[i], columns_[i].right);
            result += stream.paint(paint_of(i), shown) + (last ? "\n" : std::string(gap, ' '));
        }
        return result;
    };
    auto text = line([&](std::size_t i) { return upper(columns_[i].title); },
                     [](std::size_t) { return Paint::faint; });
    for (const auto& row : rows_)
        text += line([&](std::size_t i) { return harmless_line(row[i].text); },
                     [&](std::size_t i) { return row[i].paint; });
    return text;
}

Table Table::without(const std::vector<bool>& columns) const
{
    Table table({});
    table.rows_.resize(rows_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
        if (columns[i]) continue;
        table.columns_.push_back(columns_[i]);
        for (std::size_t row = 0; row < rows_.size(); ++row) table.rows_[row].push_back(rows_[row][i]);
    }
    return table;
}

Table Table::without_empty_columns() const
{
    std::vector<bool> surplus;
    for (std::size_t i = 0; i < columns_.size(); ++i)
        surplus.push_back(
            columns_[i].optional &&
            std::all_of(rows_.begin(), rows_.end(), [i](const auto& row) { return row[i].text.empty(); }));
    return without(surplus);
}

/// Takes spare columns away, the last one first, until the others can be read.
Table Table::fitting(std::size_t room) const
{
    constexpr std::size_t readable = 14;
    const auto wanted = widths(std::numeric_limits<std::size_t>::max());
    std::vector<bool> surplus(columns_.size());
    std::size_t total = 0;
    for (std::size_t i = 0; i < wanted.size(); ++i)
        total += gap + (columns_[i].shrinks ? std::min(readable, wanted[i]) : wanted[i]);
    for (auto i = columns_.size(); i-- > 0 && total > room + gap;) {
        if (!columns_[i].spare) continue;
        surplus[i] = true;
        total -= gap + (columns_[i].shrinks ? std::min(readable, wanted[i]) : wanted[i]);
    }
    return without(surplus);
}

std::string Table::shown_on(const Stream& stream) const
{
    return stream.is_terminal() ? without_empty_columns().fitting(stream.width()).aligned(stream)
                                : tab_separated(rows_);
}

} // namespace skerry::cli
