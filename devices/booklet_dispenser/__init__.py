"""The record-booklet dispenser: QU-CD-720M/820M."""
