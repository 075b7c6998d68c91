#pragma once

#include "api/action.hpp"
#include "http/server.hpp"
#include "web/visit.hpp"

namespace skerry::web {

/// Performs an action that the caller may perform, with the request's body as its input. Throws Error.
http::Response perform(Visit& visit, const api::Action& action);

/// Whether its answer may be kept for who asks again. Not what is shown once, and not what tries a password:
/// that is no part of a transaction, which would forget it when it is rolled back.
bool may_have_key(const api::Action& action) noexcept;

/// Whether it tries a password, which may be done so often and then has to wait.
bool tries_password(const api::Action& action) noexcept;
/// Whether its input may also come as multipart/form-data.
bool takes_form(const api::Action& action) noexcept;

} // namespace skerry::web
