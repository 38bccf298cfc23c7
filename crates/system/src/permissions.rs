//! What one may do with the system: see how it is doing, and look after its jobs.

kernel::permissions! { kernel::View:
    /// See how the system is doing.
    Read = "system:read",
    /// See which jobs wait, run and were given up.
    ReadJobs = "jobs:read",
    /// Retry and cancel jobs.
    WriteJobs = "jobs:write",
}
