#pragma once

namespace skerry {

/// Whether a server could listen on 127.0.0.1:`port` right now. A hint only: somebody may take it a moment
/// later.
bool port_is_free(int port);

} // namespace skerry
