#pragma once

#include "cli/terminal.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace skerry::cli {

struct Cell {
    Cell(std::string words, Paint look = Paint::plain) : text(std::move(words)), paint(look) {} // NOLINT
    Cell(std::string_view words) : text(words) {}                                               // NOLINT
    Cell(const char* words) : text(words) {}                                                    // NOLINT
    std::string text;
    Paint paint = Paint::plain;
};

struct Column {
    std::string_view title;
    bool right = false;    ///< numbers
    bool shrinks = false;  ///< gives up room first when the terminal is narrow
    bool optional = false; ///< not shown on a terminal when it is empty in every row
    bool spare = false;    ///< not shown on a terminal that is too narrow for all
};

/// Rows under columns: aligned, with a header and cut to the width on a terminal; in a pipe one line a row,
/// the cells between tabs, without a header.
class Table {
public:
    explicit Table(std::vector<Column> columns) : columns_(std::move(columns)) {}
    void add(std::vector<Cell> row) { rows_.push_back(std::move(row)); }
    [[nodiscard]] bool empty() const noexcept { return rows_.empty(); }
    [[nodiscard]] std::string shown_on(const Stream& stream) const;

private:
    [[nodiscard]] Table without(const std::vector<bool>& columns) const;
    [[nodiscard]] Table without_empty_columns() const;
    [[nodiscard]] Table fitting(std::size_t room) const;
    [[nodiscard]] std::vector<std::size_t> widths(std::size_t room) const;
    [[nodiscard]] std::string aligned(const Stream& stream) const;

    std::vector<Column> columns_;
    std::vector<std::vector<Cell>> rows_;
};

} // namespace skerry::cli
