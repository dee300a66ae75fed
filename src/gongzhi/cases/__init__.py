"""Cases: anything someone raises and someone must answer, from the first report to the confirmed result.

Basis: 信访工作条例 22–34 (clocks, confidentiality), 北京市接诉即办工作条例 (first receiver; response and resolution
asked apart). Words: Case 诉求, WorkOrder 工单, Clock 时限, Reporter 反映人, Evidence 凭证 (in documents).
"""
