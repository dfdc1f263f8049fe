//! Living through a file size limit.

/// Makes a write beyond the file size limit (`ulimit -f`, RLIMIT_FSIZE) an error instead of the end of the process.
///
/// The system announces such a write by SIGXFSZ, which kills unless it is handled. With a handler that only sets a flag
/// nobody reads, the write fails with "File too large", which is reported as any other failed write. Once per process.
pub fn survive_file_size_limit() {
    #[cfg(unix)]
    {
        use std::sync::{Arc, Once, atomic::AtomicBool};
        static ONCE: Once = Once::new();
        // If the handler cannot be set, the default stays: no worse than without this call.
        ONCE.call_once(|| {
            let _ = signal_hook::flag::register(signal_hook::consts::SIGXFSZ, Arc::new(AtomicBool::new(false)));
        });
    }
}
