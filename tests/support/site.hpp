#pragma once

#include "http/hub.hpp"
#include "program/actions.hpp"
#include "program/open.hpp"
#include "util/files.hpp"
#include "web/event_tail.hpp"
#include "web/metrics.hpp"
#include "web/site.hpp"

#include <memory>

namespace skerry::test {

/// What all addresses of a server share, on a data folder of its own.
struct WholeSite {
    explicit WholeSite(web::SiteOptions options = {})
        : site{opened->app, program::actions(), std::move(options), connections, hub, tail, metrics}
    {
    }

    TemporaryFolder folder{};
    std::unique_ptr<program::Opened> opened = program::open(folder.path() / "data", {}, db::Role::worker);
    db::Pool connections{opened->app.paths.database()};
    web::EventTail tail{opened->app.paths};
    web::Metrics metrics{};
    http::Hub hub{{.on_wake = [this] { tail.refresh(); }}};
    web::Site site;
};

} // namespace skerry::test
