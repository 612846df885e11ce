#pragma once

/// The door through which SQLite reaches the disk, with a failpoint before and after each write,
/// flush, truncation and removal (`store.file.write.before` …). Test builds only: a release build
/// uses the system's own. The `-shm` file does not pass here: it is memory, made anew from the log.

namespace chatelaine::store::sqlite {

/// The name under which SQLite knows it; null in a release build, which means the system's own.
/// Any thread.
const char* default_vfs();

}  // namespace chatelaine::store::sqlite
